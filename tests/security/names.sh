# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# Processes with names that a terminal obeys and that are no UTF-8 stop the remote processor and keep
# its tty open. What the service says of them, anywhere, is plain text.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30
# ESC, CSI as C1, a byte that is no UTF-8, a quote, and text from right to left.
name='\x1b[2J\xc2\x9b\xff"\xe2\x80\xae'

load_stack
printf 'close_timeout = 500ms\n' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
wait_for '[ -c $tty ]'
rpmsg-attacker named "$name" in-flight $tty >/tmp/holder &
holder=$!
wait_for 'grep -q flight /tmp/holder'
rpmsg-attacker named "$name" hand-over $tty >/tmp/hands &
wait_for 'grep -q handing /tmp/hands'
stop_remote 0 && fail "stopped under descriptors that are open"
/test/bin/rpmsg-guard status --json >/tmp/status
/test/bin/rpmsg-guard status >/tmp/status.text
kill -9 $(pidof rpmsg-attacker)
wait_for '[ -n "$(newest_episode)" ]'
wait_for 'grep -q "\"record\":\"end\"" "$EPISODES/$(newest_episode)"'
for file in $GUARD_LOG /tmp/status /tmp/status.text "$EPISODES/$(newest_episode)"; do
	# Bytes that are neither printable ASCII, nor a newline, nor a tab.
	[ -z "$(tr -d '\n\t -~' <"$file")" ] ||
		fail "$file: $(tr -d '\n\t -~' <"$file" | od -An -tx1 | head -n 3)"
done
grep -q 'x1b\[2J' $GUARD_LOG || fail "the name is not in the log"
wait_for '! pidof rpmsg-attacker'
check stop_remote 0
stop_guard
