#!/bin/sh
# Installs what the tests need beyond Python: a Chromium for the report's browser test.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
command -v chromium-browser >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
  echo "No Chromium: the browser test is skipped. Install it with your package manager, e.g. sudo apt-get install chromium" >&2
fi
