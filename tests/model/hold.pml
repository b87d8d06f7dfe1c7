/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of the steps in src/hold/sequence.c, as a model for spin: a guard that holds two stops,
 * the second of which is carried out, against programs that open a tty, write, close and open it
 * again. With ANNOUNCED the remote processor announces the channel of the tty before, during or after
 * the steps; else the tty is there from the start. tests/model/run says which switches there are and
 * what each must come to.
 *
 * With CHARDEV it is no tty but a device that cannot be hung up (chardevs.c): its closes are waited for, by
 * the count of the driver's module, which rises before the driver's open and falls behind its release.
 *
 * The tty is one of a driver without .hangup, whose port is freed with the remote processor.
 * Assumed: programs may be root, whom TIOCEXCL does not stop; a settled thread was outside, see
 * settle.c. Not assumed: that a descriptor shows in /proc (but with PROC_SHOWS_ALL). Two programs may
 * hand it to each other while they are looked at, so what is decided is decided by the kernel's own
 * count, see ask() in hangup.c.
 * Limits, assumed away: a channel that is announced after the bound of announced.c and after the last
 * look of the hold (ANNOUNCE_AFTER_LOOK has it); a probe that takes longer than probes_wait() waits;
 * the few instructions between "bind" and the moment when the channel is a child of its device.
 * A channel counts as announced when sysfs shows its driver.
 * Memory is in order here: everything goes through locks of the kernel. The senders' side of a hold
 * is gate.pml.
 */
#ifndef PROGRAMS
#define PROGRAMS 2
#endif
#ifndef OPENS
#define OPENS 2 /* tries of each */
#endif

#ifdef SKIP_ALIVE
#define USE_DRIVER skip
#else
#define USE_DRIVER assert(alive)
#endif

bool alive = true; /* the driver's port */
#ifdef ANNOUNCED
#define THERE false
#else
#define THERE true
#endif

bool node = THERE; /* the tty's node in devtmpfs */
bool probing;	   /* the channel has a driver, but is no child of its device: a teardown misses it */
bool registered = THERE; /* the probe has made the tty */
bool late;	   /* the bound of announced.c is over before the channel is announced */
bool looked;	   /* the last look of a hold has begun, and found nothing yet */
byte writers;	   /* references to the line discipline */
bool hanging_up;   /* none is given out */
byte count;	   /* tty->count: files, those in release as well */
bool marked;	   /* termios_locked of the struct tty_struct, which goes with the last file */
bool dying;	   /* that is being released for the last time: opens fail and are tried again */
byte port_count;   /* port->count: what a start finds if it is not 0 ends in -EEXIST */

bool opening[PROGRAMS];	  /* between the lookup of the path and the return of open() */
bool has_file[PROGRAMS];  /* on the list that the hang-up walks */
bool hung[PROGRAMS];	  /* its file's operations are those of a hung-up one */

/* tty_port_open() and tty_port_close(), both under tty_lock. */
inline port_open()
{
	USE_DRIVER;
	count++;
	port_count++
}

inline port_close(is_hung)
{
	USE_DRIVER;
	if
	:: is_hung -> skip /* tty_port_close_start() does nothing */
	:: !is_hung && count == 1 -> port_count = 0 /* corrects the count first */
	:: else -> port_count--
	fi;
	count--;
	if
	:: count == 0 -> marked = false
	:: else
	fi
}

inline write_tty()
{
	atomic { !hanging_up -> writers++ };
	if
	:: hung[me] -> skip /* EIO, see n_tty_write() */
	:: else -> USE_DRIVER /* the driver */
	fi;
	writers--
}

proctype program(byte me)
{
	byte opens;
	bool last;

	do
	:: opens == OPENS -> break
	:: opens < OPENS ->
		opens++;
		atomic {
			if
			:: node -> opening[me] = true
			:: else -> goto next /* ENOENT */
			fi
		};
		atomic {
			!hanging_up && !dying -> /* tty_lock; tty_reopen() */
			port_open();
			has_file[me] = true
		};
		opening[me] = false;
		do
		:: hung[me] -> break /* EIO, end of file */
		:: !hung[me] -> write_tty()
		:: break /* it has done what it wanted */
		od;
		/* close(), and some time later tty_release() */
		atomic {
			!hanging_up ->
			port_close(hung[me]);
			has_file[me] = false;
			hung[me] = false;
			last = count == 0;
			dying = dying || last
		};
		atomic {
			if
			:: last ->
#ifndef CHARDEV
				USE_DRIVER; /* tty_release_struct(), release_tty() */
#endif
				dying = false;
				last = false
			:: else
			fi
		};
next:		skip
	od
}

/*
 * The firmware, and the probe of the channel's driver: the tty comes in between. A program that
 * waits for the node is one of those above that starts late.
 */
proctype remote()
{
	if
	:: late = true
	:: skip
	fi;
	atomic {
		if
#ifdef ANNOUNCE_AFTER_LOOK
		:: alive -> probing = true
#else
		:: alive && !(late && looked) -> probing = true
#endif
		:: !alive -> goto end
		fi
	};
	atomic {
		registered = true;
		node = true
	};
	probing = false;
end:	skip
}

/*
 * announced_wait(). What it protects is a channel that would come between the last look and the
 * teardown: within the bound, it comes before the steps. A late one is left to look_again().
 */
inline wait_announced()
{
#ifdef NO_ANNOUNCED
	skip
#else
	registered || late
#endif
}

inline wait_probed()
{
#ifdef NO_PROBE_WAIT
	skip
#else
	!probing
#endif
}

/* Waits until each was seen once to be not busy, @busy being a condition on i. */
inline wait_for_each(busy)
{
	i = 0;
	do
	:: i == PROGRAMS -> break
	:: i < PROGRAMS && !(busy) -> i++
	od
}

inline keep_out()
{
#ifdef NO_KEEP_OUT
	skip
#else
	if
	:: listed -> node = false
	:: else
	fi
#endif
}

inline settle_opens()
{
#ifdef NO_SETTLE_OPENS
	skip
#elif defined(SETTLE_COUNTED)
	/* A driver that sends in its own open, or sleeps there: what settle.c and sent.h leave to the count. */
	wait_for_each(opening[i] && !has_file[i])
#else
	wait_for_each(opening[i])
#endif
}

/* hangup_ask(): is any file left but ours? */
inline ask()
{
	atomic {
		!dying -> port_open();
		marked = true
	};
	atomic { port_close(false) };
	atomic {
		!dying -> port_open();
		found = marked;
		marked = false
	};
	atomic { port_close(false) }
}

/* TIOCVHANGUP in hangup.c; __tty_hangup() holds tty_lock all the time. */
inline hang_up_tty()
{
	hung_up = true;
	atomic {
		!dying -> port_open();
		hanging_up = true;
		i = 0;
		do
		:: i == PROGRAMS -> break
		:: i < PROGRAMS ->
			hung[i] = has_file[i];
			i++
		od
	};
	atomic { writers == 0 -> hanging_up = false }
}

/* ttys_hang_up() */
inline hang_up()
{
#if defined(NO_HANG_UP) || defined(CHARDEV)
	skip
#else
	found = false;
#ifndef NO_ASK
	if
	:: listed -> ask()
	:: else
	fi;
#endif
	if
	:: found -> hang_up_tty()
	:: else
	fi
#endif
}

/* hangup_finish(): a fresh one, the hung-up one closed, the fresh one closed. */
inline give_back()
{
#ifdef NO_MEND
	atomic { port_close(true) }
#else
	atomic { port_open() };
	atomic { port_close(true) };
	atomic { port_close(false) }
#endif
}

/* close_for_good(), again and again until nobody is left; the look at /proc saves rounds. */
inline wait_closed()
{
#ifdef CHARDEV
	count == 0;
#endif
	do
	:: !hung_up -> break
	:: hung_up ->
#ifdef PROC_SHOWS_ALL
		wait_for_each(has_file[i]);
#endif
		give_back();
		hung_up = false;
#ifdef NO_ASK_AGAIN
		skip
#else
		ask();
		if
		:: found -> hang_up_tty()
		:: else
		fi
#endif
	od
}

/* quiesce() */
inline quiesce()
{
	wait_probed();
	again = false;
	listed = registered;
#ifdef HANG_UP_FIRST
	hang_up();
	keep_out();
	settle_opens();
#else
	keep_out();
	settle_opens();
	hang_up();
#endif
	if
	:: wait_closed();
		closed = true
	:: !last -> /* close_timeout is over: refused */
		if
		:: hung_up -> give_back()
		:: else
		fi;
		hung_up = false;
		closed = false
	fi
}

inline look_for_probe()
{
#ifdef NO_PROBE_WAIT
	skip
#else
	again = again || probing
#endif
}

inline look_for_tty()
{
	again = again || (registered && !listed)
}

/*
 * newcomers(): in this order, or a probe that makes its tty after the look for ttys and is over
 * before the look for probes shows in neither.
 */
inline look_again()
{
#ifdef NO_NEWCOMERS
	looked = true
#else
#ifdef TTYS_FIRST
	atomic {
		look_for_tty();
		looked = !again
	};
	look_for_probe();
#else
	atomic {
		look_for_probe();
		looked = !again
	};
	look_for_tty();
#endif
	looked = !again
#endif
}

inline hold()
{
	wait_announced();
	do
	:: quiesce();
		if
		:: closed -> look_again()
		:: else
		fi;
		if
		:: again
		:: !again -> break
		fi
	od
}

proctype guard()
{
	byte i;
	bool hung_up, found, closed, last;
	bool listed; /* the steps are for this tty */
	bool again;

	hold();
	if
	:: true -> /* refused or not carried out: hold_end() */
		atomic {
			node = registered;
			looked = false
		};
		last = true;
		hold()
	:: closed
	fi;
#ifdef REACH_TEARDOWN
	assert(false);
#endif
	atomic {
#ifndef SKIP_PORT
		assert(port_count == 0);
#endif
#ifndef SKIP_PROBE
		assert(!probing); /* it would outlive the virtqueues */
#endif
		USE_DRIVER;
		alive = false
	}
}

init
{
	byte i;

	atomic {
		do
		:: i == PROGRAMS -> break
		:: i < PROGRAMS -> run program(i); i++
		od;
#ifdef ANNOUNCED
		run remote();
#endif
		run guard()
	}
}
