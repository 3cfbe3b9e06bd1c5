#!/bin/sh
# Gives a person access: a new password, made here, shown once; the file keeps its bcrypt hash only.
#
#   sh add-user.sh reviewers|operators|analysts NAME        (again: a new password)
#   sh add-user.sh reviewers|operators|analysts NAME remove
#
# A password of 20 random letters cannot be guessed; the cost of bcrypt stays low because nginx
# computes it for every request, and a high one would let anybody keep the server busy.
set -eu
realm=${1:-} name=${2:-} what=${3:-add}
folder=${QCDC_NGINX:-/etc/qcdc/nginx} group=${QCDC_WEB_GROUP:-www-data}
refuse() {
  printf 'QCDC-E151: %s\n  Tìm thấy: "%s"\n  Cần có: %s\n  Việc cần làm: gõ lại lệnh cho đúng; chưa đổi gì.\n' "$1" "$2" "$3" >&2
  exit 2
}
case $realm in
  reviewers | operators | analysts) ;;
  *) refuse "Không có nhóm này." "$realm" "reviewers, operators hoặc analysts" ;;
esac
case $name in
  '' | *[!a-zA-Z0-9._-]*) refuse "Tên đăng nhập không dùng được." "$name" "chữ không dấu, số, dấu . _ -" ;;
esac
file=$folder/$realm
umask 027
[ -e "$file" ] || : > "$file"
chgrp "$group" "$file"
chmod 0640 "$file"
if [ "$what" = remove ]; then
  htpasswd -D "$file" "$name"
  exit
fi
password=$(LC_ALL=C tr -dc 'a-hj-km-np-zA-HJ-NP-Z2-9' < /dev/urandom | dd bs=1 count=20 2>/dev/null)
printf '%s' "$password" | htpasswd -i -B -C 5 "$file" "$name" >/dev/null 2>&1
printf 'Tên đăng nhập: %s\nMật khẩu (chỉ hiện lần này): %s\n' "$name" "$password"
