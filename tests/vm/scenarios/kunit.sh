# kernels: x86_64-7.3-fixed/with x86_64-7.3-kunit/without
# needs: patches
# without: exit:3
# with: clean
#
# The KUnit test that the candidate fix of the kernel brings along (packaging/kernel), without the guard: it passes
# with the fix. The side without the guard is a kernel with the test alone: the three cases of a removal fail there,
# and the kernel survives that.
check load virtio_rpmsg_bus
check load kunit
check load virtio_rpmsg_kunit
dmesg | sed -n '/KTAP version/,$s/^\[ *[0-9.]*\] //p'
! dmesg | grep -q '# virtio_rpmsg: pass:1 fail:3 skip:0' || exit 3
dmesg | grep -q '# virtio_rpmsg: pass:4 fail:0 skip:0' || fail "not all cases passed"
