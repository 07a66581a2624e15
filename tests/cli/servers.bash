# SPDX-License-Identifier: GPL-3.0-or-later
# Far ends that a test starts on loopback: load servers, behind load helper and load relay. What is
# started is ended by servers_clear.

# Certificates in $certs, see tests/live/certificates.sh.
servers_setup() {
    certs=$BATS_TEST_TMPDIR/certs
    sh "$root/tests/live/certificates.sh" "$certs"
    started=() folders=()
}

servers_clear() {
    local pid
    for pid in "${started[@]}"; do
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    [ ${#folders[@]} -eq 0 ] || rm -r "${folders[@]}"
    started=() folders=()
}

server_started() { # process, port it is to listen at, address
    started+=("$1")
    until_true 10 listens_or_ended "$@"
    kill -0 "$1" || {
        echo "what was to listen at port $2 has ended"
        return 1
    }
}

listens_or_ended() { # process, port, address
    listens "$2" "${3:-}" || ! kill -0 "$1" 2>/dev/null
}

# nginx with its RTMP module, one process: rtmp://127.0.0.1:$rtmp_port/rtmp, all that comes is
# recorded in $ingest/received. Sets nginx, its process; may be called again after a kill.
nginx_start() {
    command -v nginx >/dev/null && [ -e /usr/lib/nginx/modules/ngx_rtmp_module.so ] ||
        skip "nginx with its RTMP module is not installed"
    ingest=$BATS_TEST_TMPDIR/ingest
    : "${rtmp_port:=$(free_port)}"
    mkdir -p "$ingest/received"
    cat >"$ingest/nginx.conf" <<END
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
$([ "$(id -u)" -ne 0 ] || echo 'user root;')
daemon off;
master_process off;
pid $ingest/nginx.pid;
error_log $ingest/error.log warn;
events { worker_connections 200; }
rtmp {
    server {
        listen 127.0.0.1:$rtmp_port;
        application rtmp { live on; record all; record_path $ingest/received; record_unique on; }
    }
}
END
    nginx -p "$ingest" -c "$ingest/nginx.conf" >"$ingest/out" 2>&1 3>&- &
    nginx=$!
    server_started "$nginx" "$rtmp_port"
}

# TLS in front of a port, with one of the certificates; prints nothing, sets tls_port.
stunnel_start() { # certificate, port behind it
    command -v stunnel4 >/dev/null || skip "stunnel4 is not installed"
    tls_port=$(free_port)
    local dir=$BATS_TEST_TMPDIR/stunnel-$tls_port
    mkdir "$dir"
    cat "$certs/$1.pem" "$certs/$1.key" >"$dir/both.pem"
    cat >"$dir/stunnel.conf" <<END
foreground = yes
pid =
debug = err
[ingest]
accept = 127.0.0.1:$tls_port
connect = 127.0.0.1:$2
cert = $dir/both.pem
TIMEOUTclose = 0
END
    stunnel4 "$dir/stunnel.conf" >"$dir/log" 2>&1 3>&- &
    server_started $! "$tls_port"
}

# Facebook's Graph API, see tests/live/graph_server.c; sets graph_port and graph_log.
graph_start() { # address streams are sent to
    local dir=$BATS_TEST_TMPDIR/graph
    mkdir -p "$dir"
    graph_log=$dir/log
    mkfifo "$dir/in"
    "$DGL_BUILD/live/graph_server" "$certs/good.pem" "$certs/good.key" "$graph_log" "$1" \
        <"$dir/in" >"$dir/port" 2>"$dir/err" 3>&- &
    started+=($!)
    exec 8>"$dir/in" # it ends with its input
    until_true 10 test -s "$dir/port"
    graph_port=$(cat "$dir/port")
}

graph_calls() { # beginning of the line, what it holds: how many
    awk -v begins="$1" -v holds="${2:-}" 'index($0, begins) == 1 && index($0, holds) { n++ } END { print n + 0 }' \
        "$graph_log"
}

# Icecast at $ice_port.
icecast_start() { # password
    command -v icecast2 >/dev/null || skip "icecast2 is not installed"
    local dir as=
    # it runs as nobody, who must reach its folder
    dir=$(mktemp -d)
    folders+=("$dir")
    ice_port=$(free_port)
    mkdir "$dir/log"
    if [ "$(id -u)" -eq 0 ]; then
        as='<changeowner><user>nobody</user><group>nogroup</group></changeowner>'
        chown nobody "$dir/log"
        chmod 755 "$dir"
    fi
    cat >"$dir/icecast.xml" <<END
<icecast><limits><clients>100</clients><sources>10</sources><source-timeout>4</source-timeout></limits>
<authentication><source-password>$1</source-password><admin-user>admin</admin-user>
<admin-password>x</admin-password></authentication><hostname>localhost</hostname>
<listen-socket><port>$ice_port</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>$dir</basedir><logdir>$dir/log</logdir><webroot>/usr/share/icecast2/web</webroot>
<adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>2</loglevel></logging>
<security><chroot>0</chroot>$as</security></icecast>
END
    icecast2 -c "$dir/icecast.xml" >"$dir/out" 2>&1 3>&- 8>&- &
    server_started $! "$ice_port"
}
