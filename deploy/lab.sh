#!/bin/sh
# JupyterLab of a server: as the user qcdc-lab, on a socket that only its group (nginx) may open, not
# on a port: whoever reaches it runs programs as that user, and nginx asks for the password.
# Same settings as `make lab`; terminals and kernels have the rights of qcdc-lab, nothing more.
set -eu
root=${QCDC_ROOT:-/opt/qcdc} socket=${QCDC_LAB_SOCKET:-/run/qcdc-lab/lab.sock}
bin=${QCDC_BIN:-$root/.venv/bin} home=${QCDC_LAB_HOME:-/var/lib/qcdc-lab}
umask 027
cd "$root"
export HOME="$home" JUPYTER_CONFIG_DIR="$home/jupyter" JUPYTER_DATA_DIR="$home/jupyter/data"
export JUPYTER_RUNTIME_DIR="$home/jupyter/runtime" IPYTHONDIR="$home/ipython" MPLCONFIGDIR="$home/matplotlib"
# nginx has asked for the name and checked Host and Origin; Jupyter's own checks of both stay on.
exec "$bin/jupyter" lab --no-browser \
  --ServerApp.sock="$socket" --ServerApp.sock_mode=0660 \
  --ServerApp.root_dir="$root" --ServerApp.allow_remote_access=True \
  --IdentityProvider.token= --PasswordIdentityProvider.hashed_password= \
  --ContentsManager.allow_hidden=False --FileContentsManager.delete_to_trash=False \
  --ServerApp.shutdown_no_activity_timeout=0 --MappingKernelManager.cull_idle_timeout=7200 \
  --LabApp.default_url=/lab/tree/notebooks \
  --LabApp.app_settings_dir="$root/.jupyter" \
  --LabApp.user_settings_dir="$home/jupyter/user-settings" \
  --LabApp.workspaces_dir="$home/jupyter/workspaces" \
  --LabApp.extension_manager=readonly --LabApp.news_url=None \
  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate "$@"
