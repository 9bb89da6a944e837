// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package privilege

import (
	"cmp"
	"slices"
	"strings"
)

// EveryTarget is the target of a privilege that is limited to no single resource.
const EveryTarget = "*"

// SameDomain tells whether two privileges are about the same domain of the same owner, however they are spelled.
func SameDomain(a, b Privilege) bool {
	return alike(a.Owner, b.Owner) && alike(a.TargetDomain, b.TargetDomain)
}

// Gives tells whether a held privilege gives what is wanted, or a part of it. It is generous, for reviews that must miss
// nobody: a type or a target that either side leaves open fits any, and a target of one resource is a part of all.
func Gives(held, wanted Privilege) bool {
	held, wanted = Canonical(held), Canonical(wanted)
	if !SameDomain(held, wanted) || held.Type != "" && wanted.Type != "" && !alike(held.Type, wanted.Type) {
		return false
	}
	has, needs := cmp.Or(held.TargetID, EveryTarget), cmp.Or(wanted.TargetID, EveryTarget)
	return has == EveryTarget || needs == EveryTarget || has == needs
}

// DutiesWithin names the duties that a set holds wholly, in the order of Duties. An empty target speaks of all.
func DutiesWithin(set []Privilege) []string {
	whole := slices.Clone(set)
	for i := range whole {
		whole[i].TargetID = cmp.Or(whole[i].TargetID, EveryTarget)
	}
	var duties []string
	for _, duty := range Duties() {
		if len(Difference(Of(Duty(duty)), whole)) == 0 {
			duties = append(duties, duty)
		}
	}
	return duties
}

func alike(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }
