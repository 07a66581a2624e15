#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# certificates.sh DIR: makes certificates for tests. ca.pem is the authority clients are told to
# trust; good, expired and other-name are signed by it, stranger by nobody. Each has NAME.pem and
# NAME.key; all are for localhost and 127.0.0.1, but other-name.
set -eu
mkdir -p "$1"
cd "$1"

key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
cat >ca.cnf <<'END'
[ca]
default_ca = test
[test]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
END
: >index.txt
echo 01 >serial

run() { # openssl says what went wrong, and nothing else
    "$@" >openssl.log 2>&1 || { cat openssl.log >&2; exit 1; }
}
names='subjectAltName=DNS:localhost,IP:127.0.0.1'
sign() { # name, subjectAltName, from, to
    run openssl req $key -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" -addext "$2"
    run openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in "$1.csr" \
        -out "$1.pem" -startdate "$3" -enddate "$4"
}

run openssl req -x509 $key -keyout ca.key -out ca.pem -days 30 -subj /CN=dgl-test-authority
sign good "$names" 20200101000000Z 20491231000000Z
sign expired "$names" 20200101000000Z 20200201000000Z
sign other-name subjectAltName=DNS:elsewhere.example 20200101000000Z 20491231000000Z
run openssl req -x509 $key -keyout stranger.key -out stranger.pem -days 30 -subj /CN=stranger \
    -addext "$names"
