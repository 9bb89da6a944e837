// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxSize bounds what is read: a receipt has about 250 bytes for each identifier.
const maxSize = 4 << 20

// Marshal writes a receipt. The same facts give the same bytes, in whatever order identifiers and approvers come.
func Marshal(r Receipt) ([]byte, error) {
	r.Schema = r.Kind.schema()
	r.Simulated = r.Kind == Simulation
	r.Identifiers = slices.Clone(r.Identifiers)
	slices.SortFunc(r.Identifiers, func(a, b Identifier) int { return strings.Compare(a.Digest, b.Digest) })
	r.ApprovedBy = append([]Approver{}, r.ApprovedBy...)
	slices.SortFunc(r.ApprovedBy, func(a, b Approver) int { return strings.Compare(a.Name, b.Name) })
	r.API = nil
	if !r.Simulated {
		sent := call()
		r.API = &sent
	}
	r.Statement = statement(r)
	if err := check(r); err != nil {
		return nil, err
	}
	return encode(r)
}

// encode writes the one form.
func encode(r Receipt) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("the receipt cannot be written: %w", err)
	}
	return b.Bytes(), nil
}

// Parse reads a receipt as Marshal writes it. Whatever else it holds, a member twice, another order or other spaces, is
// refused. Its errors do not repeat the document.
func Parse(data []byte) (Receipt, error) {
	if len(data) > maxSize {
		return Receipt{}, fmt.Errorf("it is larger than %d MiB, and no receipt", maxSize>>20)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var r Receipt
	if err := decoder.Decode(&r); err != nil {
		return Receipt{}, fmt.Errorf("it is no receipt: it is not valid JSON, lacks its form, or has a member that receipts do not have, near byte %d", decoder.InputOffset())
	}
	if err := check(r); err != nil {
		return Receipt{}, fmt.Errorf("it is no valid receipt: %w", err)
	}
	form, err := encode(r)
	if err != nil {
		return Receipt{}, err
	}
	if !bytes.Equal(form, data) {
		return Receipt{}, errors.New("its bytes are not those that were written: something was added, left out, doubled, reordered or reformatted, " +
			"a line feed at the end included; use the attribute's exact text, such as by: terraform output -raw")
	}
	return r, nil
}

// SHA256 is the hex SHA-256 of a document's bytes, by which a later one names it.
func SHA256(document []byte) string {
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}
