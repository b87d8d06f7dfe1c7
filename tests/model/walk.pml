/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map_read() in src/kernel_side/maps.c, as a model for spin: reading a hash map while others insert
 * and delete. An element is there all the time, such as that of a caller inside rproc_shutdown(); must every walk find
 * it?
 *
 * Others come and go. The map's elements are allocated beforehand,
 * so the next one may use the same element at once, in another bucket. BPF_MAP_GET_NEXT_KEY holds no
 * lock: it finds an element, and then reads its key or its successor. If the element changes
 * buckets in between, the walk goes on from there, and whatever lies between is left out
 * (-DNEXT_KEY). BPF_MAP_LOOKUP_BATCH takes one bucket after the other, each under its lock.
 */
#define BUCKETS 3
#define NONE 255

/* The element of those that come and go; one is enough. Bucket NONE: it is free. */
byte where = NONE;

/* The one inside: its bucket never changes. */
#define INSIDE 1

bool found;

/* Whose the element is, and thus the bucket, differs. */
proctype others()
{
	byte n;

	do
	:: n == 3 -> break
	:: n < 3 ->
		n++;
		if
		:: where = 0
		:: where = 1
		:: where = 2
		fi;
		where = NONE
	od
}

#ifdef NEXT_KEY

/*
 * A key is as good as its bucket here. In a bucket the element of the others comes first: the
 * kernel inserts at the head.
 */
proctype reader()
{
	byte at = 0, key, calls;
	bool again;

	do
	:: calls == 8 -> goto given_up /* RG_SENDERS_MAX keys, and no end */
	:: calls < 8 ->
		calls++;
		/* find_first_elem: from bucket "at" on. */
		do
		:: at == BUCKETS -> goto done
		:: at < BUCKETS && where == at ->
			/* The element is found; its key is copied now, whatever it has become. */
			key = where;
			break
		:: at < BUCKETS && where != at && at == INSIDE ->
			found = true;
			goto done
		:: at < BUCKETS && where != at && at != INSIDE -> at++
		od;
		/* The next call looks the key up, and starts over if it is gone. */
		if
		:: key != NONE && where == key ->
			if
			:: key == INSIDE -> found = true; goto done
			:: else -> at = key + 1
			fi
		:: else -> at = 0
		fi
	od;
done:	assert(found);
given_up:
	skip
}

#else

proctype reader()
{
	byte at;

	do
	:: at == BUCKETS -> break
	:: at < BUCKETS ->
		atomic {
			found = found || at == INSIDE;
			at++
		}
	od;
	assert(found)
}

#endif

init
{
	atomic {
		run others();
		run reader()
	}
}
