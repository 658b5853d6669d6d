#!/usr/bin/env bash
# A Kubernetes control plane on this machine, for tests of the Kubernetes driver: the real etcd, kube-apiserver,
# kube-controller-manager and kube-scheduler, on loopback. It has no kubelet; test/k8s/agent stands in for the nodes.
#
#   test/k8s/testbed.sh up            build what is missing (about 5 minutes, kept in ~/.cache/hydra-k8s), start it,
#                                     and print the path of its kubeconfig
#   test/k8s/testbed.sh down          end it and delete its data
#   test/k8s/testbed.sh can           end with 77 and one line that says why where this machine cannot have it
#   test/k8s/testbed.sh api-down|api-up   end and start the API server alone; etcd keeps the data
#   test/k8s/testbed.sh kubeconfig        print that path again
#
# Needs Debian and root: it builds the release of Kubernetes that Debian carries as a source package (1.20 in Debian 12),
# with Debian's own Go. That release knows policy/v1beta1 and not yet policy/v1, so that discovery is tested too.
set -euo pipefail

cache=${HYDRA_K8S_CACHE:-${HOME:-/root}/.cache/hydra-k8s}
state=${HYDRA_K8S_STATE:-/tmp/hydra-k8s-testbed}
api_port=${HYDRA_K8S_PORT:-26443}
etcd_port=${HYDRA_K8S_ETCD_PORT:-26790}
kubeconfig=$state/kubeconfig
programs=(kube-apiserver kube-controller-manager kube-scheduler)

fail() {
  echo "testbed: $*" >&2
  exit 1
}

# Runs a step quietly; what it said is shown when it fails.
step() {
  local what=$1 said
  shift
  said=$(mktemp)
  echo "testbed: $what" >&2
  if ! "$@" >"$said" 2>&1; then
    tail -n 30 "$said" >&2
    rm -f "$said"
    fail "could not: $what"
  fi
  rm -f "$said"
}

is_built() {
  local program
  for program in "${programs[@]}"; do [[ -x $cache/bin/$program ]] || return 1; done
}

need_debian() {
  [[ -f /etc/debian_version ]] || fail "needs Debian to build Kubernetes; set KUBECONFIG to use a cluster of your own"
  [[ $(id -u) == 0 ]] || fail "needs root to install build tools; set KUBECONFIG to use a cluster of your own"
}

# Packages of the tools named that are not installed.
missing_packages() {
  local tool
  declare -A package=([go]=golang-go [etcd]=etcd-server [dpkg-source]=dpkg-dev [curl]=curl [openssl]=openssl)
  for tool in "$@"; do command -v "$tool" >/dev/null || echo "${package[$tool]}"; done
}

install_tools() {
  local missing
  mapfile -t missing < <(missing_packages go etcd dpkg-source curl openssl)
  [[ ${#missing[@]} == 0 ]] && return
  export DEBIAN_FRONTEND=noninteractive
  step "read the package lists" apt-get -o Acquire::Retries=3 update
  step "install ${missing[*]}" apt-get -o Acquire::Retries=3 install -y --no-install-recommends "${missing[@]}"
}

# Source packages are looked up with lists of their own, so that the machine's settings stay as they are.
source_lists() {
  local apt=$1
  mkdir -p "$apt/lists/partial" "$apt/parts"
  if [[ -f /etc/apt/sources.list.d/debian.sources ]]; then
    sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$apt/parts/source.sources"
  else
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$apt/parts/source.list"
  fi
  options=(-o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$apt/parts" -o "Dir::State::Lists=$apt/lists" -o Acquire::Retries=3)
}

# Says why not, where what `up` needs and is not here yet cannot be had from here. Asked before anything is installed: what
# fails later is a failure.
can() {
  if is_built && [[ -z $(missing_packages etcd curl openssl) ]]; then return; fi
  (need_debian) 2>&1 || return 77
  local work options said
  work=$(mktemp -d)
  source_lists "$work"
  if ! said=$(apt-get "${options[@]}" update 2>&1 && apt-get "${options[@]}" --print-uris source --download-only kubernetes 2>&1); then
    echo "testbed: Debian's source packages cannot be reached: $(grep -E '^E:|Failed to fetch' <<<"$said" | head -n 1)"
    rm -rf "$work"
    return 77
  fi
  rm -rf "$work"
}

fetch_source() {
  local work=$1 options
  source_lists "$work/apt"
  step "read the source lists" apt-get "${options[@]}" update
  cd "$work"
  step "fetch the source of Kubernetes" apt-get "${options[@]}" source --download-only kubernetes
  step "unpack it" tar xf kubernetes_*.orig.tar.gz
}

# The generated file that Debian leaves out describes all API types; without it the API server does not compile.
generate_openapi() {
  local work=$1 types
  types=$(grep -rlE '^// \+k8s:openapi-gen=true' --include=*.go pkg/apis staging/src/k8s.io cmd plugin |
    xargs -n1 dirname | sort -u | grep -vE 'sample|code-generator|/test' |
    sed -e 's#^staging/src/#k8s.io/kubernetes/vendor/#' -e 's#^\(pkg\|cmd\|plugin\)/#k8s.io/kubernetes/\1/#' | paste -sd,)
  go build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  "$work/openapi-gen" -O zz_generated.openapi --go-header-file hack/boilerplate/boilerplate.generatego.txt \
    --output-base "$GOPATH/src" -p k8s.io/kubernetes/pkg/generated/openapi -r /dev/null -i "$types"
}

build() {
  mkdir -p "$cache"
  # Two builds at once would only be slower; the second finds what the first has made.
  exec 9>"$cache/lock"
  flock 9
  is_built && return
  need_debian
  install_tools
  local work out
  work=$(mktemp -d) out=$(mktemp -d "$cache/new.XXXXXX")
  trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work" "$out"' EXIT
  fetch_source "$work"
  mkdir -p "$work/go/src/k8s.io"
  mv "$work"/kubernetes-*/ "$work/go/src/k8s.io/kubernetes"
  cd "$work/go/src/k8s.io/kubernetes"
  export GOPATH=$work/go GO111MODULE=off CGO_ENABLED=0 GOCACHE=$work/cache GOFLAGS=
  step "describe the API's types" generate_openapi "$work"
  step "build ${programs[*]} (about 5 minutes)" go build -o "$out/" "${programs[@]/#/./cmd/}"
  cd /
  rm -rf "$cache/bin"
  mv "$out" "$cache/bin"
  chmod -R u+w "$work"
  rm -rf "$work"
  trap - EXIT
}

start() { # name, then the command
  local name=$1
  shift
  setsid "$@" >>"$state/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$state/$name.pid"
}

runs() {
  [[ -f $state/$1.pid ]] && kill -0 "$(cat "$state/$1.pid")" 2>/dev/null
}

end() {
  local name=$1 tries
  if runs "$name"; then
    kill "$(cat "$state/$name.pid")" 2>/dev/null || true
    for tries in $(seq 100); do
      runs "$name" || break
      [[ $tries == 80 ]] && kill -9 "$(cat "$state/$name.pid")" 2>/dev/null
      sleep 0.1
    done
  fi
  rm -f "$state/$name.pid"
}

start_api() {
  runs apiserver && return
  start apiserver "$cache/bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$etcd_port" --bind-address 127.0.0.1 \
    --secure-port "$api_port" --advertise-address 127.0.0.1 --cert-dir "$state/certs" --token-auth-file "$state/tokens.csv" \
    --service-account-key-file "$state/sa.key" --service-account-signing-key-file "$state/sa.key" \
    --service-account-issuer https://testbed.local --service-cluster-ip-range 10.99.0.0/16 \
    --authorization-mode RBAC --disable-admission-plugins ServiceAccount --allow-privileged=true
  local token tries
  token=$(cut -d, -f1 "$state/tokens.csv")
  for tries in $(seq 240); do
    curl -sk --noproxy '*' -H "Authorization: Bearer $token" "https://127.0.0.1:$api_port/readyz" 2>/dev/null | grep -q '^ok' && return
    runs apiserver || break
    sleep 0.25
  done
  tail -n 20 "$state/apiserver.log" >&2
  fail "the API server does not come up"
}

# Those that do not run: without an API server they give up, as their processes do in any cluster.
start_controllers() {
  # A node counts as lost after 8 s instead of 40, so that tests need not wait for that.
  runs controller-manager ||
    start controller-manager "$cache/bin/kube-controller-manager" --kubeconfig "$kubeconfig" --port=0 --secure-port=0 \
      --service-account-private-key-file "$state/sa.key" --leader-elect=false --controllers='*,-nodeipam,-cloud-node-lifecycle' \
      --node-monitor-period=1s --node-monitor-grace-period=8s
  runs scheduler ||
    start scheduler "$cache/bin/kube-scheduler" --kubeconfig "$kubeconfig" --port=0 --secure-port=0 --leader-elect=false
}

up() {
  is_built || build
  command -v etcd >/dev/null && command -v curl >/dev/null && command -v openssl >/dev/null || { need_debian; install_tools; }
  if runs apiserver; then
    start_controllers
    echo "$kubeconfig"
    return
  fi
  down
  mkdir -m 700 "$state"
  openssl genrsa -out "$state/sa.key" 2048 2>/dev/null
  local token
  token=$(openssl rand -hex 24)
  echo "$token,testbed-admin,testbed-admin,system:masters" >"$state/tokens.csv"
  cat >"$kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: testbed, cluster: {server: "https://127.0.0.1:$api_port", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: "$token"}}]
contexts: [{name: testbed, context: {cluster: testbed, user: admin}}]
current-context: testbed
END
  start etcd etcd --data-dir "$state/etcd" --listen-client-urls "http://127.0.0.1:$etcd_port" \
    --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$((etcd_port + 1))"
  start_api
  start_controllers
  echo "$kubeconfig"
}

down() {
  local name
  for name in scheduler controller-manager apiserver etcd; do end "$name"; done
  rm -rf "$state"
}

case ${1:-} in
  up) up ;;
  down) down ;;
  can) can ;;
  kubeconfig) echo "$kubeconfig" ;;
  api-down) end apiserver ;;
  api-up)
    start_api
    start_controllers
    ;;
  *)
    sed -n '2,15p' "$0"
    exit 2
    ;;
esac
