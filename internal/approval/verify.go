// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package approval

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval/signature"
)

// Signature is what somebody handed in.
type Signature struct {
	// Approver is the name under which the key stands among the approvers.
	Approver string
	// Signature is the armored text that ssh-keygen wrote.
	Signature string
}

// Approved is a person whose approval counts.
type Approved struct {
	Name        string
	Fingerprint string
}

// String is the person's name and key, as plans show them.
func (a Approved) String() string { return a.Name + " " + a.Fingerprint }

// Rejection is a signature that does not count, and why.
type Rejection struct {
	Approver string
	Reason   string
}

// Verify tells who approved a statement. Each person counts once, however often they signed. Both answers are sorted by name.
func Verify(statement Statement, signatures []Signature, approvers Approvers, now time.Time) (approved []Approved, rejected []Rejection) {
	problem := usable(statement, now)
	message := statement.Bytes()
	counted := map[string]bool{}
	for _, s := range signatures {
		reason := problem
		if reason == "" {
			reason = check(message, s, approvers, counted[s.Approver])
		}
		if reason != "" {
			rejected = append(rejected, Rejection{Approver: s.Approver, Reason: reason})
			continue
		}
		counted[s.Approver] = true
		fingerprint, _ := approvers.Fingerprint(s.Approver)
		approved = append(approved, Approved{Name: s.Approver, Fingerprint: fingerprint})
	}
	slices.SortFunc(approved, func(a, b Approved) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(rejected, func(a, b Rejection) int {
		return cmp.Or(strings.Compare(a.Approver, b.Approver), strings.Compare(a.Reason, b.Reason))
	})
	return approved, rejected
}

// usable says why nobody's approval can count now.
func usable(statement Statement, now time.Time) string {
	if err := statement.Check(); err != nil {
		return "there is no statement to approve: " + err.Error()
	}
	expires, err := ParseExpiry(statement.Expires)
	if err != nil {
		return "there is no statement to approve: " + err.Error()
	}
	if !now.Before(expires) {
		return fmt.Sprintf("expired at %s; have a statement with a later approvals_expire_at signed", statement.Expires)
	}
	return ""
}

// check says why one signature does not count.
func check(message []byte, s Signature, approvers Approvers, counted bool) string {
	key, known := approvers.keys[s.Approver]
	if !known {
		return fmt.Sprintf("%.80q is none of the approvers; they are: %s", s.Approver, listed(approvers))
	}
	err := signature.Verify(key, Namespace, message, s.Signature)
	switch {
	case err == nil && counted:
		return "this person has approved already, and counts once"
	case err == nil:
		return ""
	case errors.Is(err, signature.ErrAnotherKey):
		return fmt.Sprintf("another key made it than the one of this approver, %s", key.Fingerprint())
	case errors.Is(err, signature.ErrNamespace):
		return "it was made for another purpose; sign with: ssh-keygen -Y sign -n " + Namespace
	case errors.Is(err, signature.ErrNoPresence):
		return "the security key signed without anybody touching it; make a key without no-touch-required, and touch it"
	case errors.Is(err, signature.ErrMessage):
		return "it is not over this statement" + hint(message, key, s.Signature)
	}
	return err.Error()
}

func listed(approvers Approvers) string {
	if approvers.Len() == 0 {
		return "nobody"
	}
	return strings.Join(approvers.Names(), ", ")
}

// hint looks for the slips that change the bytes on the way to the signer and keep what they say. It only explains: such a
// signature does not count.
func hint(message []byte, key signature.PublicKey, armored string) string {
	const exact = "; sign exactly what approval_statement holds, such as by: terraform output -raw"
	signed := func(other []byte) bool { return signature.Verify(key, Namespace, other, armored) == nil }
	switch {
	case signed(bytes.TrimSuffix(message, []byte("\n"))):
		return ", but over it without its last line break" + exact
	case signed(append(slices.Clone(message), '\n')):
		return ", but over it with one more line break at its end" + exact
	case signed(bytes.ReplaceAll(message, []byte("\n"), []byte("\r\n"))):
		return ", but over it with line breaks as Windows has them" + exact
	}
	return ": its people, case, organization, request, ceiling or expiry are others than those that were signed, " +
		"or the text was changed; have the present approval_statement signed"
}
