// SPDX-License-Identifier: GPL-2.0-only
/* How a test steers the remote: attributes of the platform device. */
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "sim_rproc.h"

static const char *const mode_names[] = {
	[SIM_LIVE] = "live",
	[SIM_SLOW] = "slow",
	[SIM_HUNG] = "hung",
};

static struct sim_rproc *to_sim(struct device *dev)
{
	return dev_get_drvdata(dev);
}

static ssize_t mode_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sprintf(buf, "%s\n", mode_names[READ_ONCE(to_sim(dev)->mode)]);
}

static ssize_t mode_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	struct sim_rproc *sim = to_sim(dev);
	int mode = sysfs_match_string(mode_names, buf);

	if (mode < 0)
		return mode;
	WRITE_ONCE(sim->mode, mode);
	wake_up(&sim->kicked);
	return count;
}
static DEVICE_ATTR_RW(mode);

/* A plain number of struct sim_rproc, read and written as it is. */
#define NUMBER_KNOB(name)                                                                          \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)   \
	{                                                                                          \
		return sprintf(buf, "%u\n", READ_ONCE(to_sim(dev)->name));                         \
	}                                                                                          \
	static ssize_t name##_store(struct device *dev, struct device_attribute *attr,             \
				    const char *buf, size_t count)                                 \
	{                                                                                          \
		unsigned int number;                                                               \
		int err = kstrtouint(buf, 0, &number);                                             \
                                                                                                   \
		if (err)                                                                           \
			return err;                                                                \
		WRITE_ONCE(to_sim(dev)->name, number);                                             \
		return count;                                                                      \
	}                                                                                          \
	static DEVICE_ATTR_RW(name)

NUMBER_KNOB(delay_us);
NUMBER_KNOB(start_ms);
NUMBER_KNOB(boot_ms);
NUMBER_KNOB(kick_us);
NUMBER_KNOB(stop_ms);
NUMBER_KNOB(stop_fails);
NUMBER_KNOB(stop_errno);
NUMBER_KNOB(talk_us);
NUMBER_KNOB(look_us);
NUMBER_KNOB(late_interrupts);
NUMBER_KNOB(interrupt_ms);
NUMBER_KNOB(heals);
NUMBER_KNOB(linger);

static ssize_t lingers_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sprintf(buf, "%d\n", READ_ONCE(to_sim(dev)->lingers));
}
static DEVICE_ATTR_RO(lingers);

static ssize_t echo_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sprintf(buf, "%d\n", READ_ONCE(to_sim(dev)->echo));
}

static ssize_t echo_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	bool echo;
	int err = kstrtobool(buf, &echo);

	if (err)
		return err;
	WRITE_ONCE(to_sim(dev)->echo, echo);
	return count;
}
static DEVICE_ATTR_RW(echo);

static ssize_t consumed_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sprintf(buf, "%lld\n", (long long)atomic64_read(&to_sim(dev)->consumed));
}
static DEVICE_ATTR_RO(consumed);

static ssize_t crash_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	struct sim_rproc *sim = to_sim(dev);

	WRITE_ONCE(sim->crashed, true);
	rproc_report_crash(sim->rproc, RPROC_FATAL_ERROR);
	return count;
}
static DEVICE_ATTR_WO(crash);

static ssize_t with_word(struct device *dev, const char *buf, size_t count,
			 int (*fn)(struct sim_rproc *, const char *))
{
	char word[64];
	int err;

	if (strscpy(word, buf, sizeof(word)) < 0)
		return -EINVAL;
	err = fn(to_sim(dev), strim(word));
	return err ?: count;
}

static ssize_t announce_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
	return with_word(dev, buf, count, sim_remote_announce);
}
static DEVICE_ATTR_WO(announce);

static ssize_t withdraw_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
	return with_word(dev, buf, count, sim_remote_withdraw);
}
static DEVICE_ATTR_WO(withdraw);

static struct attribute *knob_attrs[] = {
	&dev_attr_mode.attr,
	&dev_attr_delay_us.attr,
	&dev_attr_kick_us.attr,
	&dev_attr_echo.attr,
	&dev_attr_consumed.attr,
	&dev_attr_crash.attr,
	&dev_attr_announce.attr,
	&dev_attr_withdraw.attr,
	&dev_attr_start_ms.attr,
	&dev_attr_boot_ms.attr,
	&dev_attr_heals.attr,
	&dev_attr_linger.attr,
	&dev_attr_late_interrupts.attr,
	&dev_attr_interrupt_ms.attr,
	&dev_attr_lingers.attr,
	&dev_attr_stop_ms.attr,
	&dev_attr_stop_fails.attr,
	&dev_attr_stop_errno.attr,
	&dev_attr_talk_us.attr,
	&dev_attr_look_us.attr,
	NULL,
};

static const struct attribute_group knob_group = {
	.attrs = knob_attrs,
};

const struct attribute_group *sim_knob_groups[] = {
	&knob_group,
	NULL,
};
