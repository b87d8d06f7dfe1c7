require rpmsg-guard-config.inc
