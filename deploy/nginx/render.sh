#!/bin/sh
# Writes nginx's configuration of QCDC from the templates beside it and the settings in the
# environment (deploy/qcdc.env). Values are checked: they end up in nginx's own language.
#
#   set -a; . /etc/qcdc/qcdc.env; set +a
#   sh /opt/qcdc/deploy/nginx/render.sh /etc/nginx/conf.d/qcdc.conf
#   nginx -t && systemctl reload nginx
#
# The snippets, certificate and password files stand in QCDC_NGINX.
set -eu
target=${1:?"cách dùng: render.sh TỆP_CẤU_HÌNH (usage: render.sh CONFIG_FILE)"}
here=$(cd "$(dirname "$0")" && pwd)

: "${QCDC_ROOT:=/opt/qcdc}" "${QCDC_NGINX:=/etc/qcdc/nginx}" "${QCDC_HOSTS:=}"
: "${QCDC_OPERATOR_PORT:=3000}" "${QCDC_READER_PORT:=3001}"
: "${QCDC_LAB_SOCKET:=/run/qcdc-lab/lab.sock}"
: "${QCDC_PAPERS_LISTEN:=443}" "${QCDC_REVIEW_LISTEN:=8441}"
: "${QCDC_OPERATE_LISTEN:=8442}" "${QCDC_LAB_LISTEN:=8443}"
: "${QCDC_LOGIN_DELAY:=2s}" "${QCDC_NGINX_LOG:=/var/log/nginx/qcdc.log}"
names="QCDC_ROOT QCDC_NGINX QCDC_HOSTS QCDC_OPERATOR_PORT QCDC_READER_PORT QCDC_LAB_SOCKET
QCDC_PAPERS_LISTEN QCDC_REVIEW_LISTEN QCDC_OPERATE_LISTEN QCDC_LAB_LISTEN QCDC_LOGIN_DELAY
QCDC_NGINX_LOG"

# refuse CODE-LIKE-PROBLEM: what was found, what is expected, what to do
refuse() {
  printf 'QCDC-E150: Cài đặt %s không dùng được.\n  Tìm thấy: "%s"\n  Cần có: %s\n' "$1" "$2" "$3" >&2
  printf '  Việc cần làm: sửa /etc/qcdc/qcdc.env rồi chạy lại; chưa ghi gì cả.\n' >&2
  exit 2
}

script=
for name in $names; do
  eval "value=\$$name"
  case $name in
    QCDC_HOSTS) allowed='a-zA-Z0-9.\-: ' say='tên máy chủ như người dùng gõ, ví dụ qcdc.local 10.0.0.5' ;;
    *_PORT) allowed='0-9' say='số cổng' ;;
    *_LISTEN) allowed='0-9a-fA-F.:\[\]' say='cổng, hoặc địa chỉ:cổng' ;;
    QCDC_LOGIN_DELAY) allowed='0-9ms' say='thời gian chờ, ví dụ 2s' ;;
    *) allowed='a-zA-Z0-9._/\-' say='đường dẫn không có dấu cách, dấu tiếng Việt' ;;
  esac
  [ -n "$value" ] || refuse "$name" "" "$say"
  # newlines included: what is left after the allowed characters must be nothing
  [ -z "$(printf '%s' "$value" | LC_ALL=C tr -d "$allowed" | tr '\n' '!')" ] || refuse "$name" "$value" "$say"
  script="$script
s|@$name@|$value|g"
done

mkdir -p "$QCDC_NGINX/snippets"
for template in "$here"/snippets/*.conf; do
  sed "$script" "$template" > "$QCDC_NGINX/snippets/$(basename "$template")"
done
sed "$script" "$here/qcdc.conf" > "$target"
