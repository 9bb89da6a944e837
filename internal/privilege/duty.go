// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package privilege

import (
	"fmt"
	"slices"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// Duty is one part of answering a Data Subject Request.
type Duty string

// The duties, each with exactly the privileges that it takes.
const (
	// Overview is seeing how much usage analytics holds on a person.
	Overview Duty = "overview"
	// Export is creating, reading and removing exports of a person's usage analytics.
	Export Duty = "export"
	// Erasure is asking Coveo to erase a person's usage analytics.
	Erasure Duty = "erasure"
)

// Duties lists every duty.
func Duties() []string { return []string{string(Overview), string(Export), string(Erasure)} }

// Of is what one duty takes, nil for a duty that does not exist.
func Of(duty Duty) []Privilege {
	switch duty {
	case Overview:
		return []Privilege{coveo.AdministrateAnalytics()}
	case Export:
		// Older organizations know VIEW and EDIT only; the documents of newer ones ask for CREATE as well.
		return []Privilege{exports("VIEW"), exports("EDIT"), exports("CREATE")}
	case Erasure:
		return []Privilege{coveo.DeleteUserAnalytics()}
	}
	return nil
}

// Expand is what a set of duties takes together.
func Expand(duties []string) ([]Privilege, error) {
	var out []Privilege
	for _, duty := range duties {
		of := Of(Duty(duty))
		if of == nil {
			return nil, fmt.Errorf("%q is no duty", duty)
		}
		out = append(out, of...)
	}
	return CanonicalSet(out), nil
}

// DutiesOf names the duties that take exactly this set, or nothing where no combination does.
func DutiesOf(set []Privilege) []string {
	var duties []string
	for _, duty := range Duties() {
		if len(Difference(Of(Duty(duty)), set)) == 0 {
			duties = append(duties, duty)
		}
	}
	expanded, err := Expand(duties)
	if err != nil || len(duties) == 0 || !EqualSets(expanded, set) {
		return nil
	}
	return slices.Clip(duties)
}

func exports(kind string) Privilege {
	return Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: kind, TargetID: "*"}
}
