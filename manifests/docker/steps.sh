#!/bin/sh
# What the Dockerfile runs, step by step, in the folder of the program. `npm run test:image` runs the same steps.
#   install  the packages that the program and its build need, none that only tests need, and no script of any of them
#   build    the page, and the empty database that a first start copies
#   trim     away with what only the build needed, and with what nobody runs
#   finish   in the image itself: the user, and the folder of the data
set -eu

case "$1" in
  install)
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund
    ;;
  build)
    npm run build
    ;;
  trim)
    # The page is built: what drew it stays behind. npm then takes away what nothing else needs.
    npm pkg delete scripts.postinstall scripts.prepare dependencies.vite dependencies.@vitejs/plugin-react \
      dependencies.react dependencies.react-dom dependencies.react-markdown dependencies.remark-gfm
    npm prune --omit=dev --ignore-scripts --no-audit --no-fund
    # Types, maps and texts of packages: nothing of it runs.
    find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \
      -o -iname 'readme*' -o -iname 'changelog*' -o -name '*.tsbuildinfo' \) -delete
    find node_modules -type d \( -name test -o -name tests -o -name __tests__ -o -name docs -o -name .github \) \
      -prune -exec rm -rf {} +
    rm -rf test adapters/web/ui manifests/helm manifests/compose manifests/systemd
    # What is half made never stays: a database of tests has no place in it.
    rm -rf data dist/empty-database.new
    chmod -R a+rX,go-w .
    ;;
  finish)
    groupadd --gid 10001 incidents
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin incidents
    install -d -o 10001 -g 10001 -m 0700 /data
    # Nothing is installed in a container that runs.
    rm -rf /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/corepack /usr/local/bin/npm /usr/local/bin/npx \
      /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn*
    ;;
  *)
    echo "There is no step $1; there are install, build, trim and finish." >&2
    exit 2
    ;;
esac
