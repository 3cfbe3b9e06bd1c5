#!/bin/sh
# Users of the server and what each of them may read and write. As root; running it again mends what
# was changed, and takes nothing away from anybody else.
#
#   sh /opt/qcdc/deploy/setup-users.sh [ROOT]            (ROOT: /opt/qcdc)
#
#   qcdc       runs the programs: writes raw/, warehouse/, .dagster/
#   qcdc-lab   runs JupyterLab: reads warehouse/ (group qcdc-read), writes so-tay-rieng/ only;
#              raw/ (journals and files as they were sent), .dagster/ and the outbox stay closed
#   www-data   nginx: reads warehouse/published
#
# Code belongs to root: no program changes itself.
set -eu
root=${1:-/opt/qcdc}
service=${QCDC_USER:-qcdc} lab=${QCDC_LAB_USER:-qcdc-lab} readers=${QCDC_READ_GROUP:-qcdc-read}
web=${QCDC_WEB_GROUP:-www-data}

refuse() {
  printf 'QCDC-E152: %s\n  Tìm thấy: %s\n  Cần có: %s\n  Việc cần làm: %s\n' "$1" "$2" "$3" "$4" >&2
  exit 2
}
[ "$(id -u)" = 0 ] || refuse "Lệnh này tạo người dùng." "người dùng $(id -un)" "quyền root" "chạy lại với sudo"
[ -f "$root/workspace.yaml" ] || refuse "Không phải thư mục dự án." "$root không có workspace.yaml" \
  "thư mục dự án QCDC" "ghi đúng thư mục: setup-users.sh /opt/qcdc"
for folder in raw warehouse .dagster so-tay-rieng; do
  [ ! -L "$root/$folder" ] || refuse "Thư mục là một liên kết." "$root/$folder" \
    "thư mục thật (ổ đĩa khác: gắn bằng mount)" "thay liên kết bằng thư mục rồi chạy lại"
done

getent group "$readers" >/dev/null || groupadd --system "$readers"
# made with a home below /var/lib, without a login
person() {
  id -u "$1" >/dev/null 2>&1 || useradd --system --user-group --home-dir "/var/lib/$1" \
    --create-home --shell /usr/sbin/nologin "$1"
}
person "$service"
person "$lab"
usermod -aG "$readers" "$service"
usermod -aG "$readers" "$lab"
if id -u "$web" >/dev/null 2>&1; then usermod -aG "$readers" "$web"; fi
chmod 0750 "/var/lib/$service" "/var/lib/$lab"

# closed to everybody but the service: what was sent, the journals, the history of runs
mkdir -p "$root/raw" "$root/warehouse" "$root/.dagster" "$root/warehouse/outbox" "$root/so-tay-rieng"
chown -Rh "$service:$service" "$root/raw" "$root/.dagster"
chmod -R u+rX,g-w,o-rwx "$root/raw" "$root/.dagster"
chmod 0750 "$root/raw" "$root/.dagster"

# open to readers. The folders hand their group on to what is made in them (setgid); programs run
# with umask 027, so new files are 0640.
chown -Rh "$service:$readers" "$root/warehouse"
chmod -R u+rX,g+rX,g-w,o-rwx "$root/warehouse"
find "$root/warehouse" -type d -exec chmod 2750 {} +
# texts to people, with their names
chown -Rh "$service:$service" "$root/warehouse/outbox"
find "$root/warehouse/outbox" -type d -exec chmod 0700 {} +

chown -R "$lab:$lab" "$root/so-tay-rieng"
chmod 2750 "$root/so-tay-rieng"
printf 'Đã đặt người dùng và quyền cho %s.\n' "$root"
