// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package approval

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval/signature"
)

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$`)

// Approvers are the people whose signatures count, each with one key. The zero value has nobody in it.
type Approvers struct {
	keys map[string]signature.PublicKey
}

// NewApprovers reads a map from names to SSH public keys, and says all that is wrong with it. One key under two names is
// refused: one person would count as two.
func NewApprovers(keys map[string]string) (Approvers, error) {
	a := Approvers{keys: make(map[string]signature.PublicKey, len(keys))}
	holders := make(map[string]string, len(keys))
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if !namePattern.MatchString(name) {
			problems = append(problems, fmt.Errorf("%.80q is no name for an approver: it must start with a letter or digit, "+
				"and hold at most 64 letters, digits and . _ @ + -", name))
			continue
		}
		key, err := signature.ParsePublicKey(keys[name])
		if err != nil {
			problems = append(problems, fmt.Errorf("the key of approver %s cannot be used: %w", name, err))
			continue
		}
		fingerprint := key.Fingerprint()
		if holder, twice := holders[fingerprint]; twice {
			problems = append(problems, fmt.Errorf("approvers %s and %s have the same key %s, so that one person would count as two; "+
				"remove one of them", holder, name, fingerprint))
			continue
		}
		holders[fingerprint] = name
		a.keys[name] = key
	}
	if len(problems) > 0 {
		return Approvers{}, errors.Join(problems...)
	}
	return a, nil
}

// Names are the approvers' names, sorted.
func (a Approvers) Names() []string { return slices.Sorted(maps.Keys(a.keys)) }

// Len is how many people can approve.
func (a Approvers) Len() int { return len(a.keys) }

// Fingerprint is the fingerprint of somebody's key.
func (a Approvers) Fingerprint(name string) (fingerprint string, known bool) {
	key, known := a.keys[name]
	if !known {
		return "", false
	}
	return key.Fingerprint(), true
}

// Intersect keeps those who stand in both, under the same name and with the same key.
func (a Approvers) Intersect(other Approvers) Approvers {
	both := Approvers{keys: map[string]signature.PublicKey{}}
	for name, key := range a.keys {
		if theirs, ok := other.keys[name]; ok && key.Equal(theirs) {
			both.keys[name] = key
		}
	}
	return both
}
