# SPDX-License-Identifier: GPL-3.0-or-later
# Places to deliver to, with real servers on loopback: load targets, behind load helper, load relay
# and load servers. What is started is ended by servers_clear.

# Each kind needs this; where it is missing the test is skipped, visibly.
need_target() { # kind
    "$DGL_BUILD/dgl-episode" --help >/dev/null
    case $1 in
    folder) ;;
    s3) need_tool python3 ;;
    sftp) need_tool sftp && [ -x /usr/sbin/sshd ] || skip "sshd is not installed" ;;
    webdav) need_tool nginx ;;
    ftps) [ -x /usr/sbin/proftpd ] || skip "proftpd is not installed" ;;
    esac
}

# Starts the server of one kind; what it is given lies in $place, but for s3, and goes through a
# proxy that fault speaks with. Sets target, the line of show.yaml, and writes $secrets.
target_start() { # kind
    kind=$1
    need_target "$kind"
    # whoever the server is must reach it
    home=$(mktemp -d)
    folders+=("$home")
    chmod 755 "$home"
    place=$home/place
    mkdir -p "$place"
    secrets=$BATS_TEST_TMPDIR/secrets
    (umask 077 && : >"$secrets")
    more="at_once: 2, timeout: 3" num_lines=0
    "start_$kind"
}

start_folder() {
    target="{name: web, kind: folder, url: \"$place\", $more}"
}

start_s3() {
    mkfifo "$home/in"
    python3 "$root/tests/live/s3.py" --public <>"$home/in" >"$home/port" 2>"$home/err" 3>&- &
    started+=($!)
    until_true 10 test -s "$home/port"
    port=$(cat "$home/port")
    line_start "$port"
    echo "web = AKDGLEPISODETEST0001:canary/secret+of+the+store/0123456789abc" >"$secrets"
    target="{name: web, kind: s3, url: \"http://127.0.0.1:$line_port/show/pod/\", secret: web, part_mib: 5, $more}"
}

start_sftp() {
    local name user=nobody
    for name in host key stranger; do
        ssh-keygen -q -t ed25519 -N '' -C test -f "$home/$name"
    done
    if [ "$(id -u)" -eq 0 ]; then
        mkdir -p /run/sshd
        chown nobody "$place"
    else
        user=$(id -un)
    fi
    port=$(free_port)
    cat >"$home/sshd_config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $home/host
AuthorizedKeysFile $home/key.pub
StrictModes no
UsePAM no
PidFile none
MaxStartups 100
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
END
    /usr/sbin/sshd -D -q -f "$home/sshd_config" >"$home/out" 2>&1 3>&- &
    server_started $! "$port"
    line_start "$port"
    echo "[127.0.0.1]:$line_port $(cat "$home/host.pub")" >"$home/known"
    target="{name: web, kind: sftp, url: \"sftp://127.0.0.1:$line_port$place/\", user: $user,
      identity: \"$home/key\", known_hosts: \"$home/known\", $more}"
}

# At 127.0.0.2, so that the same ports at 127.0.0.1 are lines to it: the client goes to the host it
# knows, whatever address the server says.
start_ftps() {
    local user=nobody group=nogroup ids=65534 more_port
    certificates
    if [ "$(id -u)" -eq 0 ]; then
        chown nobody "$place"
    else
        user=$(id -un) group=$(id -gn) ids=$(id -u)
    fi
    printf 'ola:%s:%s:%s::%s:/bin/false\n' "$(openssl passwd -5 'fløyte/Kw3+"tw')" "$ids" "$ids" "$place" >"$home/users"
    printf 'ola:x:%s:\n' "$ids" >"$home/groups"
    chmod 600 "$home/users" "$home/groups"
    port=$(free_ports 5)
    cat >"$home/proftpd.conf" <<END
LoadModule mod_tls.c
ModulePath /usr/lib/proftpd
ServerType standalone
SocketBindTight on
DefaultServer on
DefaultAddress 127.0.0.2
ServerName dgl
Port $port
PassivePorts $((port + 1)) $((port + 4))
UseIPv6 off
User $user
Group $group
PidFile $home/pid
ScoreboardFile $home/board
SystemLog $home/log
TransferLog none
WtmpLog off
UseReverseDNS off
DelayEngine off
AuthOrder mod_auth_file.c
AuthUserFile $home/users
AuthGroupFile $home/groups
RequireValidShell off
DefaultRoot ~
AllowStoreRestart on
AllowRetrieveRestart on
AllowOverwrite on
Umask 022
TLSEngine on
TLSRequired on
TLSLog $home/tls
TLSRSACertificateFile $certs/good.pem
TLSRSACertificateKeyFile $certs/good.key
END
    /usr/sbin/proftpd -n -q -c "$home/proftpd.conf" >"$home/out" 2>&1 3>&- &
    server_started $! "$port" 127.0.0.2
    for ((more_port = port; more_port <= port + 4; more_port++)); do
        line_start "$more_port" 127.0.0.2 "$more_port"
    done
    line_port=$port
    echo 'web = fløyte/Kw3+"tw' >"$secrets"
    target="{name: web, kind: ftps, url: \"ftps://localhost:$port/\", user: ola, secret: web,
      ca: \"$certs/ca.pem\", $more}"
}

start_webdav() {
    certificates
    mkdir "$home/dav"
    echo 'ola:{PLAIN}tromme-7b1f/Xq+"w' >"$home/users"
    chmod 644 "$home/users"
    port=$(free_port)
    nginx_conf >"$home/dav/nginx.conf" "
    server {
        listen 127.0.0.1:$port ssl;
        root $place;
        ssl_certificate $certs/good.pem;
        ssl_certificate_key $certs/good.key;
        client_max_body_size 100m;
        auth_basic dgl;
        auth_basic_user_file $home/users;
        dav_methods PUT DELETE MKCOL MOVE;
    }" "$home/dav"
    nginx -p "$home/dav" -c "$home/dav/nginx.conf" >"$home/dav/out" 2>&1 3>&- &
    server_started $! "$port"
    line_start "$port"
    echo 'web = tromme-7b1f/Xq+"w' >"$secrets"
    target="{name: web, kind: webdav, url: \"https://localhost:$line_port/\", user: ola, secret: web,
      ca: \"$certs/ca.pem\", $more}"
}

# Certificates in $certs, once a file.
certificates() {
    certs=$BATS_FILE_TMPDIR/certs
    [ -d "$certs" ] || sh "$root/tests/live/certificates.sh" "$certs"
}

# The network before a server: tests/live/faultproxy.c at $line_port; of ftps several.
line_start() { # port behind it, its address, port of the line
    local line=$home/line$((++num_lines))
    line_port=${3:-$(free_port)}
    mkfifo "$line"
    : >"$line.said"
    "$DGL_BUILD/live/faultproxy" "$line_port" "$1" ${2:+"$2"} <>"$line" >"$line.said" 3>&- &
    server_started $! "$line_port"
}

# A program of ours that answers each line with one is told one; comes back when it counts.
tell() { # its standard input, a pipe; where it answers; the line
    local i before
    before=$(wc -l <"$2")
    echo "$3" 1<>"$1" # where nobody reads any more this does not wait
    for ((i = 0; i < 1000; i++)); do
        [ "$(wc -l <"$2")" -eq "$before" ] || return 0
        sleep 0.01
    done
    echo "nobody answers at $1: $3"
    return 1
}

# See faultproxy.c.
fault() { # pass, hang, rate N, reset N, cut, refuse …
    local i
    for ((i = 1; i <= num_lines; i++)); do
        tell "$home/line$i" "$home/line$i.said" "$*" || return 1
    done
}

# Bytes that went to the server so far.
line_bytes() {
    fault look || return 1
    tail -qn 1 "$home"/line*.said | awk '{ n += $3 } END { print n }'
}

nginx_conf() { # servers, folder
    cat <<END
$([ "$(id -u)" -ne 0 ] || echo 'user root;')
daemon off;
master_process off;
pid $2/nginx.pid;
error_log $2/error.log warn;
events { worker_connections 200; }
http {
    access_log off;
    client_body_temp_path $2/t1; proxy_temp_path $2/t2; fastcgi_temp_path $2/t3;
    uwsgi_temp_path $2/t4; scgi_temp_path $2/t5;
    types {
        application/rss+xml xml; audio/mpeg mp3; image/png png; image/jpeg jpg;
        text/vtt vtt; application/x-subrip srt; application/json+chapters json; text/html html;
    }
$1
}
END
}

# What everybody sees of the target, at $web_port.
web_start() { # lines inside server { }
    local dir=$BATS_TEST_TMPDIR/public-web what="root $place;"
    [ -z "${web:-}" ] || { kill -9 "$web" && wait "$web" 2>/dev/null || true; }
    [ "$kind" != s3 ] || what="location / { proxy_pass http://127.0.0.1:$port/show/pod/; proxy_http_version 1.1; }"
    mkdir -p "$dir"
    nginx_conf "
    server {
        listen 127.0.0.1:$web_port;
        add_header Access-Control-Allow-Origin *;
        ${1:-}
        $what
    }" "$dir" >"$dir/nginx.conf"
    nginx -p "$dir" -c "$dir/nginx.conf" >"$dir/out" 2>&1 3>&- &
    web=$!
    server_started "$web" "$web_port"
}

s3_seen() { # what jq finds in what the store has seen
    curl -s -X POST -d "${2:-{\}}" "http://127.0.0.1:$port/-/control" | jq -r "$1"
}

# What was ever written there, in a form that is another one after the next write.
target_writes() {
    if [ "$kind" = s3 ]; then
        s3_seen '[.calls | to_entries[] | select(.key | test("^(Put|Create|Upload|Complete|Delete|Copy|Abort)"))]'
    else
        find "$place" -printf '%p %i %C@\n' | sort
    fi
}

# Every file there, by name: "sha256  ./name".
target_files() {
    if [ "$kind" = s3 ]; then
        s3_seen '.objects | to_entries[] | "\(.value.sha256)  ./\(.key | sub("^pod/"; ""))"' | sort -k2
    else
        (cd "$place" && find . -type f -exec sha256sum {} + | sort -k2)
    fi
}

# public/ lies there byte for byte, and nothing else does.
all_is_there() {
    diff <(cd "$show/public" && find . -type f -exec sha256sum {} + | sort -k2) <(target_files) >&2
}

# One file's own bytes are replaced there, behind everybody's back; without bytes it is gone.
target_damage() { # name below, bytes
    if [ "$kind" = s3 ]; then
        local body=$BATS_TEST_TMPDIR/damage
        printf '%s' "${2:-}" >"$body"
        s3_signed "$1" ${2:+"$body"}
    elif [ $# -gt 1 ]; then
        printf '%s' "$2" >"$place/$1"
    else
        rm "$place/$1"
    fi
}

s3_signed() { # name below, file; without one it is removed
    local sha=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    local words=(-X DELETE)
    if [ -n "${2:-}" ]; then
        sha=$(sha256sum <"$2" | cut -d' ' -f1)
        words=(-T "$2" -H "Content-Type: audio/mpeg" -H "Content-MD5: $(openssl md5 -binary "$2" | base64)")
    fi
    curl -sS --fail --aws-sigv4 aws:amz:us-east-1:s3 --user "$(cut -d' ' -f3 "$secrets")" \
        -H "x-amz-content-sha256: $sha" "${words[@]}" "http://127.0.0.1:$port/show/pod/$1" >/dev/null
}

# A listener who looks again and again; watch_end fails where he ever saw anything wrong.
watch_begin() {
    python3 "$root/tests/live/watch.py" "http://127.0.0.1:$web_port/feed.xml" "http://127.0.0.1:$web_port/" \
        "$BATS_TEST_TMPDIR/watched" >"$BATS_TEST_TMPDIR/watcher" 2>&1 3>&- &
    watcher=$!
    started+=("$watcher")
}

watch_end() { # feeds that he has seen, at least
    local code=0 last
    kill -TERM "$watcher"
    wait "$watcher" || code=$?
    last=$(tail -n 1 "$BATS_TEST_TMPDIR/watched")
    if [ "$code" -ne 0 ] || [[ $last != *" 0 faults" ]] || [ "$(cut -d' ' -f3 <<<"$last")" -lt "$1" ]; then
        cat "$BATS_TEST_TMPDIR/watcher"
        tail -n 20 "$BATS_TEST_TMPDIR/watched"
        return 1
    fi
}
