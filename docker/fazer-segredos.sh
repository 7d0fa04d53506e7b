#!/bin/sh
# Make the secrets of docker-compose.yml in docker/segredos, once. Existing files are left as they are; the folder is not in git.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p segredos
sorteio() { python3 -c 'import secrets; print(secrets.token_urlsafe(60), end="")'; }
guardar() { [ -s "segredos/$1" ] || printf '%s' "$2" >"segredos/$1"; }
guardar secret_key "$(sorteio)"
guardar postgres_senha "$(sorteio)"
guardar redis_senha "$(sorteio)"
guardar database_url "postgres://portal:$(cat segredos/postgres_senha)@postgres:5432/portal"
guardar redis_url "redis://portal:$(cat segredos/redis_senha)@redis:6379/0"
# One user of our own, the default one off, nothing evicted (the broker's messages must stay).
guardar redis_conf "bind * -::*
port 6379
dir /data
appendonly yes
maxmemory-policy noeviction
user default off
user portal on >$(cat segredos/redis_senha) ~* &* +@all -@dangerous +info
"
# The containers' users (10001, 999) are not ours and read through the mount; on the host the folder is closed to everybody else.
chmod 0444 segredos/*
chmod 0700 segredos
ls -l segredos
