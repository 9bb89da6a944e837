// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package approval is how people approve an erasure: a short text that says exactly what is to be erased, and signatures
// over its bytes, made by ssh-keygen with keys that people already have.
package approval

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// Namespace is the purpose that an approval's signature is bound to: ssh-keygen -Y sign -n erasure-approval@coveo-privacy. A
// signature for anything else, such as a commit or a receipt, approves nothing.
const Namespace = "erasure-approval@coveo-privacy"

// version is the statement's first line. Another format gets another, so that no signature fits both.
const version = "coveo-erasure-approval/v1"

var (
	// organizationPattern is every printable character but the space, so that a line cannot end early or look like another.
	organizationPattern = regexp.MustCompile(`^[!-~]{1,128}$`)
	digestPattern       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}:[0-9a-f]{64}$`)
	expiryPattern       = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$`)
)

// Statement is what an approver agrees to: these identifiers, for this request of this case, up to this many events, until
// then. Whatever of it changes needs another signature.
type Statement struct {
	Organization string
	// Case is empty where identifiers are given in the open.
	Case string
	// Request is the number of the request, from 1.
	Request int64
	// MaxEvents is the ceiling, nil for none.
	MaxEvents *int64
	// Expires is when approvals stop to count, an RFC 3339 instant in UTC. It is signed as it is written.
	Expires string
	// Digests stand for the identifiers, in any order.
	Digests []string
}

// Bytes are the exact bytes that are signed: lines that each end in a line feed. A statement that Check refuses has none, so
// that nothing can be shown for signing that reads in two ways.
func (s Statement) Bytes() []byte {
	if s.Check() != nil {
		return nil
	}
	reference, ceiling := s.Case, "none"
	if reference == "" {
		reference = "-"
	}
	if s.MaxEvents != nil {
		ceiling = strconv.FormatInt(*s.MaxEvents, 10)
	}
	digests := slices.Clone(s.Digests)
	slices.Sort(digests) // by bytes

	var b strings.Builder
	fmt.Fprintf(&b, "%s\norganization: %s\ncase: %s\nrequest: %d\nmax_events: %s\nexpires: %s\n",
		version, s.Organization, reference, s.Request, ceiling, s.Expires)
	for _, digest := range digests {
		fmt.Fprintf(&b, "identifier: %s\n", digest)
	}
	return []byte(b.String())
}

// SHA256 is the hex SHA-256 of the statement's bytes, empty for a statement that has none.
func (s Statement) SHA256() string {
	text := s.Bytes()
	if text == nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Check says why nothing can be signed, or nil.
func (s Statement) Check() error {
	if !organizationPattern.MatchString(s.Organization) {
		return errors.New("the organization must have 1 to 128 characters, without spaces or control characters, as the console shows it")
	}
	if s.Case != "" {
		if err := subject.CheckCase(s.Case); err != nil {
			return fmt.Errorf("the case reference cannot be used: %w", err)
		}
	}
	if s.Request < 1 {
		return s.errorf("requests are numbered from 1, and this one has the number %d", s.Request)
	}
	if s.MaxEvents != nil && *s.MaxEvents < 0 {
		return s.errorf("the ceiling of %d events is negative; leave max_events out for none", *s.MaxEvents)
	}
	if _, err := ParseExpiry(s.Expires); err != nil {
		return s.errorf("the expiry of its approvals cannot be used: %w", err)
	}
	if len(s.Digests) == 0 {
		return s.errorf("there is no identifier to approve the erasure of")
	}
	seen := make(map[string]bool, len(s.Digests))
	for n, digest := range s.Digests {
		if !digestPattern.MatchString(digest) {
			return s.errorf("identifier %d of %d is no digest, <key ID>:<64 hex digits>", n+1, len(s.Digests))
		}
		if seen[digest] {
			return s.errorf("identifier %d of %d stands there twice", n+1, len(s.Digests))
		}
		seen[digest] = true
	}
	return nil
}

func (s Statement) errorf(format string, args ...any) error {
	name := s.Case
	if name == "" {
		name = "a record without a case"
	}
	return fmt.Errorf("%s: "+format, append([]any{name}, args...)...)
}

// ParseExpiry reads when approvals stop to count: an RFC 3339 instant that ends in Z. Other offsets are refused because the
// text is signed as it is written, and everybody should read the same clock in it.
func ParseExpiry(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || !expiryPattern.MatchString(text) {
		return time.Time{}, errors.New("it must be an RFC 3339 instant in UTC that ends in Z, such as 2026-12-01T12:00:00Z")
	}
	return at, nil
}
