include $(sort $(wildcard $(BR2_EXTERNAL_RPMSG_GUARD_PATH)/package/*/*.mk))
