// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

// automaton finds all needles in one pass: the machine of Aho and Corasick, made complete, so that each byte is one step whatever
// the number of needles.
type automaton struct {
	// classes are the bytes that needles are made of, numbered; all others are 0.
	classes [256]uint8
	// next has a row for each state, with the state after each class. A state stands for the longest beginning of a needle that
	// was just read, and is written as where its row begins, with the flag ending if a needle ends there.
	next []uint32
	// found are the needles that end in a state, by its number.
	found [][]uint16
}

const (
	classBits = 6
	classMax  = 1<<classBits - 1
	// ending marks a state in which needles end.
	ending = 1 << 31
	none   = ^uint32(0)
)

func newAutomaton(all []needle) *automaton {
	a := &automaton{}
	for _, n := range all {
		for _, c := range []byte(n.text) {
			if a.classes[c] == 0 {
				a.classes[c] = 1 + classesIn(a.classes)
			}
		}
	}
	a.addState()
	for i, n := range all {
		state := uint32(0)
		for _, c := range []byte(n.text) {
			at := state<<classBits + uint32(a.classes[c])
			if a.next[at] == none {
				created := a.addState()
				a.next[at] = created
			}
			state = a.next[at]
		}
		a.found[state] = append(a.found[state], uint16(i))
	}
	a.complete()
	for at, state := range a.next {
		a.next[at] = state << classBits
		if len(a.found[state]) > 0 {
			a.next[at] |= ending
		}
	}
	return a
}

func classesIn(classes [256]uint8) uint8 {
	highest := uint8(0)
	for _, class := range classes {
		highest = max(highest, class)
	}
	if highest == classMax {
		panic("the needles have more different bytes than there are classes")
	}
	return highest
}

func (a *automaton) addState() uint32 {
	for range 1 << classBits {
		a.next = append(a.next, none)
	}
	a.found = append(a.found, nil)
	return uint32(len(a.found) - 1) //nolint:gosec // needles have some thousand bytes
}

// complete makes the machine go on, where a needle cannot, as if its longest proper ending had just been read. Breadth first, so
// that shorter ones are complete before.
func (a *automaton) complete() {
	fallback := make([]uint32, len(a.found))
	var queue []uint32
	for class := range uint32(1 << classBits) {
		if child := a.next[class]; child == none {
			a.next[class] = 0
		} else {
			queue = append(queue, child)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		a.found[state] = append(a.found[state], a.found[fallback[state]]...)
		for class := range uint32(1 << classBits) {
			at, other := state<<classBits+class, a.next[fallback[state]<<classBits+class]
			if child := a.next[at]; child == none {
				a.next[at] = other
			} else {
				fallback[child] = other
				queue = append(queue, child)
			}
		}
	}
}

// scan reads on from a state, counts the needles that end in the text, and returns the state at its end.
func (a *automaton) scan(state uint32, text []byte, counts []int64) uint32 {
	next := a.next
	for _, c := range text {
		state = next[state&^ending+uint32(a.classes[c])]
		if state&ending != 0 {
			for _, n := range a.found[state&^ending>>classBits] {
				counts[n]++
			}
		}
	}
	return state
}
