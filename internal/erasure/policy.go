// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
)

// Policy limits what erasures may do. The provider block makes one; the runner's file, which no pull request can change,
// makes another that only tightens it.
type Policy struct {
	// MaxPerRun is how many cases one run may erase, nil where it is not said.
	MaxPerRun *int64
	// Simulate rehearses.
	Simulate bool
	// BlockedIsError makes a shut gate fail the plan.
	BlockedIsError bool
	// LegalHolds are digests of identifiers that must not be erased. Nil means that nobody declared any, which is not the same
	// as an empty list.
	LegalHolds []string
	// RequireHolds holds cases back whose legal holds cannot be checked.
	RequireHolds bool
	// Approvers are who may approve. Nil means that nobody declared any.
	Approvers *approval.Approvers
	// RequiredApprovals is how many of them have to approve a request.
	RequiredApprovals int64
}

// DefaultMaxPerRun is how many cases one run may erase where nothing else is said.
const DefaultMaxPerRun = 25

// digestPattern is an identifier digest: a key's ID, and a SHA-256 in hexadecimal.
var digestPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}:[0-9a-f]{64}$`)

// CheckDigest says why a text is no identifier digest, or nil.
func CheckDigest(text string) error {
	if !digestPattern.MatchString(text) {
		return errors.New("it is not an identifier digest, which has the form <key ID>:<64 hexadecimal digits>; identifier_digests of a record or an overview shows them")
	}
	return nil
}

// Tighten is what both policies allow: the smaller limit, all holds, only approvers that both know by the same key.
func (p Policy) Tighten(runner Policy) Policy {
	out := p
	if runner.MaxPerRun != nil && *runner.MaxPerRun < p.Limit() {
		out.MaxPerRun = runner.MaxPerRun
	}
	out.Simulate = p.Simulate || runner.Simulate
	out.BlockedIsError = p.BlockedIsError || runner.BlockedIsError
	out.RequireHolds = p.RequireHolds || runner.RequireHolds
	out.RequiredApprovals = max(p.RequiredApprovals, runner.RequiredApprovals)
	if runner.LegalHolds != nil {
		// Empty is not nil here: an empty list says that there are no holds.
		out.LegalHolds = append(append([]string{}, p.LegalHolds...), runner.LegalHolds...)
		slices.Sort(out.LegalHolds)
		out.LegalHolds = slices.Compact(out.LegalHolds)
	}
	switch {
	case runner.Approvers == nil:
	case p.Approvers == nil:
		out.Approvers = runner.Approvers
	default:
		both := p.Approvers.Intersect(*runner.Approvers)
		out.Approvers = &both
	}
	return out
}

// Limit is how many cases one run may erase.
func (p Policy) Limit() int64 {
	if p.MaxPerRun == nil {
		return DefaultMaxPerRun
	}
	return *p.MaxPerRun
}

// maxPolicySize bounds the runner's file: a hundred thousand holds are seven megabytes.
const maxPolicySize = 16 << 20

// LoadPolicy reads the runner's policy file, and the digest of its bytes by which a plan shows which one it was made under.
func LoadPolicy(name string) (policy Policy, digest string, err error) {
	file, err := os.Open(name) //nolint:gosec // the path is the runner's own setting
	if err != nil {
		return Policy{}, "", fmt.Errorf("it cannot be read: %w", withoutPath(err))
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxPolicySize+1))
	if err != nil {
		return Policy{}, "", fmt.Errorf("it cannot be read: %w", withoutPath(err))
	}
	if len(data) > maxPolicySize {
		return Policy{}, "", fmt.Errorf("it is larger than %d MiB", maxPolicySize>>20)
	}
	policy, err = ParsePolicy(data)
	sum := sha256.Sum256(data)
	return policy, "sha256:" + hex.EncodeToString(sum[:]), err
}

// ParsePolicy reads a policy file: one JSON object with the names of the provider block. What is not understood is refused,
// since a limit that is misspelled limits nothing.
func ParsePolicy(data []byte) (Policy, error) {
	fields, err := object(data)
	if err != nil {
		return Policy{}, err
	}
	var p Policy
	for name, raw := range fields {
		var err error
		switch name {
		case "max_per_run":
			p.MaxPerRun = new(int64)
			err = wholeNumber(raw, p.MaxPerRun)
		case "required_approvals":
			err = wholeNumber(raw, &p.RequiredApprovals)
		case "simulate":
			err = value(raw, &p.Simulate, "true or false")
		case "require_holds":
			err = value(raw, &p.RequireHolds, "true or false")
		case "blocked":
			var text string
			if err = value(raw, &text, `"wait" or "error"`); err == nil && text != "wait" && text != "error" {
				err = errors.New(`it must be "wait" or "error"`)
			}
			p.BlockedIsError = text == "error"
		case "legal_holds":
			if err = value(raw, &p.LegalHolds, "a list of identifier digests"); err == nil {
				err = checkHolds(p.LegalHolds)
			}
		case "approvers":
			p.Approvers, err = approversObject(raw)
		default:
			return Policy{}, fmt.Errorf("it has the unknown key %q; it may hold max_per_run, simulate, blocked, legal_holds, require_holds, approvers and required_approvals", name)
		}
		if err != nil {
			return Policy{}, fmt.Errorf("its key %s cannot be used: %w", name, err)
		}
	}
	return p, nil
}

func checkHolds(holds []string) error {
	for n, hold := range holds {
		if err := CheckDigest(hold); err != nil {
			return fmt.Errorf("entry %d: %w", n+1, err)
		}
	}
	return nil
}

func approversObject(raw json.RawMessage) (*approval.Approvers, error) {
	fields, err := object(raw)
	if err != nil {
		return nil, err
	}
	keys := make(map[string]string, len(fields))
	for name, raw := range fields {
		var key string
		if err := value(raw, &key, "an SSH public key"); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		keys[name] = key
	}
	approvers, err := approval.NewApprovers(keys)
	return &approvers, err
}

// object reads a JSON object in which every key stands once, and nothing after it.
func object(data []byte) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.New("it is not a JSON object")
	}
	fields := map[string]json.RawMessage{}
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, errors.New("it is not valid JSON")
		}
		if _, twice := fields[name]; twice {
			return nil, fmt.Errorf("the key %q stands there twice", name)
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, errors.New("it is not valid JSON")
		}
		fields[name] = raw
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errors.New("its object is not closed")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows its object")
	}
	return fields, nil
}

func value(raw json.RawMessage, into any, form string) error {
	if string(raw) == "null" || json.Unmarshal(raw, into) != nil {
		return fmt.Errorf("it must be %s", form)
	}
	return nil
}

func wholeNumber(raw json.RawMessage, into *int64) error {
	if err := value(raw, into, "a whole number"); err != nil {
		return err
	}
	if *into < 0 {
		return errors.New("it must not be negative")
	}
	return nil
}

func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
