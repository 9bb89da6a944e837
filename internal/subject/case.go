// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package subject names people without naming them: case references, the vault that resolves them to identifiers at run
// time, and the digests that stand for identifiers in plans and state.
package subject

import (
	"fmt"
	"regexp"
)

var (
	casePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	uuidPattern = regexp.MustCompile(`(?i)^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$`)
)

// CheckCase says why a text cannot be a case reference, or nil. A reference stands in plans, state and logs, so what looks
// like an identifier (an address, a UUID as anonymous visitors have) is refused. The error does not repeat the text.
func CheckCase(reference string) error {
	if uuidPattern.MatchString(reference) {
		return fmt.Errorf("it is a UUID, as visitors are identified by; use the case's number in your register, such as DSR-2026-0142")
	}
	if !casePattern.MatchString(reference) {
		return fmt.Errorf("it must start with a letter or digit, and hold at most 64 letters, digits, dots, underscores and hyphens, " +
			"such as DSR-2026-0142; it names a case, never a person")
	}
	return nil
}
