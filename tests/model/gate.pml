/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ordering argument of bpf/gate.bpf.h, as a model for spin: senders and a stopper on a machine
 * that keeps stores back. tests/model/run says which switches there are and what each must come to.
 *
 * The machine. Every sender and the stopper has a CPU of its own: tasks that share one see less
 * reordering, not more, and who moves to another takes a full barrier with it. A store goes into
 * the CPU's buffer and reaches memory at any time later. Stores to one location stay in order; a
 * store to another may overtake (arm64), with -DTSO none does (x86_64). A load that is done early
 * is the same as a store before it that is kept back, because nothing else lies between the two
 * here. BPF's atomic adds order nothing on arm64 between a record and the look at the
 * gate, nor between what a send did and the end of its record.
 *
 * With -DATTACH the probes come while senders run (guard_open()): who has entered before has no
 * record and is on nobody's list, until a send cannot take any longer (-DATTACH_WAIT).
 *
 * Left out, since they are argued elsewhere: endpoints that are dead (ledger.bpf.h), a hold that
 * reaches its deadline, and a send that finds no room for its record (counted as lost_senders).
 */
#ifndef SENDERS
#define SENDERS 2
#endif
#ifndef SENDS
#define SENDS 2 /* by each */
#endif
#define STOPPER SENDERS /* its CPU */
#define CPUS (SENDERS + 1)

/* Memory, as everybody sees it. */
bool closed;	   /* rg_gate.closed */
bool rec[SENDERS]; /* rg_is_inside() */
bool alive = true; /* the virtqueues */
#ifdef ATTACH
bool attached;	   /* the probes */
byte unrecorded;   /* senders that have entered before that */
#endif

/* What no code sees. */
bool in_program[SENDERS]; /* a probe's program runs on this CPU: preemption is off */
byte inside;		  /* passed the gate, and the last access is not done yet */
bool reported;		  /* RG_WAITED: the stop went on although senders were left */
bool reopened;		  /* the gate of a stop that was not carried out is open again */

mtype = { GATE, RECORD, VRING };

/* Values of a store to a record: it begins, or ends. */
#define ADD 1
#define REMOVE 0

chan buffer[CPUS] = [4] of { mtype, byte };

inline reach_memory(cpu, what, value)
{
	if
	:: what == GATE -> closed = value
	:: what == RECORD -> rec[cpu] = (value == ADD)
	:: what == VRING ->
		assert(alive);
		inside--
	fi
}

proctype store_buffer(byte cpu)
{
	mtype what;
	byte value;

end:	do
	:: atomic { buffer[cpu]?what, value -> reach_memory(cpu, what, value) }
#ifndef TSO
	:: atomic { buffer[cpu]??VRING, value -> reach_memory(cpu, VRING, value) }
	:: atomic {
		buffer[cpu]??[RECORD, REMOVE] && !buffer[cpu]??[RECORD, ADD] ->
		buffer[cpu]??RECORD, REMOVE;
		reach_memory(cpu, RECORD, REMOVE)
	}
	:: atomic {
		buffer[cpu]??[RECORD, ADD] && !buffer[cpu]??[RECORD, REMOVE] ->
		buffer[cpu]??RECORD, ADD;
		reach_memory(cpu, RECORD, ADD)
	}
#endif
	od
}

/* closed_gate(). Who reads "open" is inside from here on, although it has not touched anything. */
inline read_gate()
{
	atomic {
		saw_closed = closed;
		if
		:: !saw_closed ->
			inside++;
#ifdef REACH_AGAIN
			assert(!reopened)
#endif
		:: else
		fi
	}
}

/* sender_leave(): may come out before the last access of the send does. */
inline leave()
{
	buffer[me]!RECORD, REMOVE
}

proctype sender(byte me)
{
	byte n;
	bool saw_closed;

	do
	:: n == SENDS -> break
	:: n < SENDS ->
		n++;
#ifdef ATTACH
		if
		:: atomic { !attached -> inside++; unrecorded++ };
			assert(alive);
			buffer[me]!VRING, 0;
			empty(buffer[me]);
			unrecorded--;
			goto next
		:: attached
		fi;
#endif
		/* send_enter_override(): sender_enter(), then examine_send(). */
#ifndef PREEMPTIBLE
		in_program[me] = true;
#endif
#ifdef GATE_FIRST
		read_gate();
		buffer[me]!RECORD, ADD;
#else
#ifndef NO_RECORD
		buffer[me]!RECORD, ADD;
#endif
		read_gate();
#endif
		if
		:: saw_closed ->
#ifdef REACH_REFUSED
			assert(false);
#endif
			leave();
			in_program[me] = false
		:: else ->
			in_program[me] = false;
			/* The body of rpmsg_send(): the ring is read and written, at any length. */
			assert(alive);
			buffer[me]!VRING, 0;
			/* send_exit() */
			in_program[me] = true;
			leave();
			in_program[me] = false
		fi;
next:		skip
	od;
	/* Refused or not, nobody leaves a record behind. */
	empty(buffer[me]);
	assert(!rec[me])
}

/*
 * barrier() in src/system/barrier.c: a grace period, or a visit to every CPU. Either way each CPU was
 * outside of a program once since the gate closed, and whatever it had stored before is in memory.
 */
inline barrier()
{
	empty(buffer[STOPPER]); /* sequentially consistent, and a system call follows */
#ifndef NO_BARRIER
	cpu = 0;
	do
	:: cpu == SENDERS -> break
#ifdef SKIP_CPU
	:: cpu == 0 -> cpu++ /* one that the stopper may not run on, and takes for offline */
	:: cpu > 0 && cpu < SENDERS && !in_program[cpu] && empty(buffer[cpu]) -> cpu++
#else
	:: cpu < SENDERS && !in_program[cpu] && empty(buffer[cpu]) -> cpu++
#endif
	od
#endif
}

/*
 * drained() in src/hold/senders.c. Asks less than the code does: each record has to have ended once,
 * not all of them in one look. Then kside_all_left(), which leaves out the visit when no record has ended since
 * the visit before: here it never does.
 */
inline drain()
{
#ifdef NO_DRAIN
	skip
#else
	cpu = 0;
	do
	:: cpu == SENDERS -> break
	:: cpu < SENDERS && !rec[cpu] -> cpu++
	od;
#ifndef NO_SECOND_BARRIER
	barrier()
#endif
#endif
}

inline teardown()
{
	atomic {
#ifdef REACH_TEARDOWN
		assert(false);
#endif
		assert(!inside || reported);
		/* Reported: what happens then is what the guard says will happen. */
		alive = reported
	}
}

#ifndef UNHELD

/* sequence() in src/hold/sequence.c, as far as the gate goes. */
inline hold()
{
#ifdef BARRIER_FIRST
	barrier();
	buffer[STOPPER]!GATE, 1;
#else
	buffer[STOPPER]!GATE, 1; /* kside_gate_close() */
	barrier();
#endif
	drain()
}

/* hold_end() of a stop that was not carried out, or boot_enter() after one that was. */
inline open_gate()
{
	buffer[STOPPER]!GATE, 0
}

proctype stopper()
{
	byte cpu;

#ifdef ATTACH
	attached = true;
#ifdef ATTACH_WAIT
	unrecorded == 0;
#endif
#endif
	hold();
	if
	:: teardown();
		alive = true; /* started again */
		open_gate()
	:: open_gate();
		reopened = true
	fi;
	hold();
	teardown();
	empty(buffer[STOPPER])
}

#ifdef LATE_STOPPER
/* enter_shutdown() of somebody else, were it to find the gate closed and wait for nobody. */
proctype late_stopper()
{
	if
	:: closed -> teardown()
	:: !closed
	fi
}
#endif

#else

/*
 * close_unannounced() and wait_for_senders(): a program itself, so it cannot wait for others to
 * end. It looks after each round, and goes on as soon as it sees no record. How long a round takes
 * in terms of stores that are kept back is the assumption:
 *
 *   (none)                nothing is known: it is not proven
 *   -DBOUND               a store reaches memory within half a round
 *   -DBOUND_ALL_ROUNDS    only within half of all rounds together
 */
#define ROUNDS 2 /* WAIT_ROUNDS */

/* First the gate's own store gets out, then those of senders that did not see it in time. */
inline kept_back_no_longer()
{
	empty(buffer[STOPPER]);
	cpu = 0;
	do
	:: cpu == SENDERS -> break
	:: cpu < SENDERS && empty(buffer[cpu]) -> cpu++
	od
}

inline count()
{
	atomic {
		left = 0;
		cpu = 0;
		do
		:: cpu == SENDERS -> break
		:: cpu < SENDERS -> left = left + rec[cpu]; cpu++
		od
	}
}

proctype stopper()
{
	byte cpu, left, round;

	buffer[STOPPER]!GATE, 1;
	do
	:: round == ROUNDS ->
		reported = true;
		break
	:: round < ROUNDS ->
		round++;
#ifdef BOUND
		kept_back_no_longer();
#endif
#ifdef BOUND_ALL_ROUNDS
		if
		:: round == ROUNDS -> kept_back_no_longer()
		:: else
		fi;
#endif
		count();
		if
		:: left == 0 ->
			/* One round more: a record may end before the last access is done. */
#if defined(BOUND) && !defined(NO_LAST_ROUND)
			kept_back_no_longer();
#endif
			break
		:: else
		fi
	od;
	teardown()
}

#endif

init
{
	byte i;

	atomic {
		do
		:: i == CPUS -> break
		:: i < CPUS -> run store_buffer(i); i++
		od;
		i = 0;
		do
		:: i == SENDERS -> break
		:: i < SENDERS -> run sender(i); i++
		od;
		run stopper();
#ifdef LATE_STOPPER
		run late_stopper()
#endif
	}
}
