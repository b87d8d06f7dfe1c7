/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Passes of endpoints (bpf/pass.bpf.h), as a model for spin: a gate closes, opens and closes again, each time by a
 * BPF program. Does a pass outlast a close? That a send passes while the gate closes is the matter of gate.pml.
 *
 * The machine. A store of the program that closes goes into a buffer and reaches memory at any time later, in any
 * order (arm64). Loads may be done in any order, too. order() of the program that closes keeps the generation behind
 * the gate; that of a sender keeps the look at the gate behind the look at the generation. Who waits for the end
 * of the model has let all stores come out.
 *
 *   -DNO_WRITER_ORDER   the generation may come out before the gate is closed
 *   -DNO_READER_ORDER   a sender may have looked at the gate before
 *   -DNO_GENERATION     a gate closes without a new one
 *   -DNO_OWNER          a pass does not say whose the endpoint is
 */
#define SENDS 4

bool closed;
byte generation = 1;
byte pass; /* the generation that the record has a pass for; 0: none */
bool done, passed;
/* Whose endpoint the record names: that of this gate, or of another remote processor. Holds look at it. */
bool ours;

mtype = { GATE, GENERATION };
chan buffer = [4] of { mtype, byte };

inline reach_memory(what, value)
{
	if
	:: what == GATE -> closed = value
	:: what == GENERATION -> generation = value
	fi
}

proctype store_buffer()
{
	mtype what;
	byte value;

end:	do
	:: atomic { buffer?what, value -> reach_memory(what, value) }
	:: atomic { buffer??GENERATION, value -> reach_memory(GENERATION, value) }
	od
}

/* begin_generation() */
inline close(number)
{
	buffer!GATE, 1;
#ifndef NO_WRITER_ORDER
	empty(buffer);
#endif
#ifndef NO_GENERATION
	buffer!GENERATION, number
#endif
}

proctype stopper()
{
	close(2);
	/* A boot: between the two, somebody has waited for longer than a store takes. */
	empty(buffer);
	buffer!GATE, 0;
	empty(buffer);
	close(3);
	empty(buffer);
	done = true
}

/* has_passed(), and examine_send() where the record is due for a pass. */
proctype sender()
{
	byte n, number;
	bool shut;

	do
	:: n == SENDS -> break
	:: n < SENDS ->
		n++;
		/* A send, or a poll, on an endpoint of another remote processor. */
		if
		:: ours = false
		:: skip
		fi;
#ifdef NO_READER_ORDER
		if
		:: shut = closed; number = generation
		:: number = generation; shut = closed
		fi;
#else
		number = generation;
		shut = closed;
#endif
		if
		:: pass == number ->
			passed = true;
#ifndef NO_OWNER
			ours = true;
#endif
			assert(ours)
		:: pass != number && !shut -> ours = true; pass = number
		:: pass != number && shut -> ours = true
		fi
	od;
#ifdef REACH_PASS
	assert(!passed);
#endif
	done;
	assert(!closed || pass != generation)
}

init
{
	atomic {
		run store_buffer();
		run stopper();
		run sender()
	}
}
