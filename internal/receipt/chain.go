// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"errors"
	"fmt"
)

// Follows says why a receipt does not follow an earlier document, or nil. An erasure's receipt follows the one that it
// replaced, a verification the erasure's receipt of its request.
func Follows(later Receipt, earlier []byte) error {
	before, err := Parse(earlier)
	if err != nil {
		return fmt.Errorf("the earlier document cannot be read: %w", err)
	}
	named := later.PreviousSHA256
	if later.Kind == Verification {
		named = later.ReceiptSHA256
	}
	switch {
	case later.Kind == Simulation || before.Kind != Erasure:
		return errors.New("only receipts of erasures have successors, and simulations follow nothing")
	case named == "":
		return errors.New("it is the first of its record")
	case string(named) != SHA256(earlier):
		return errors.New("it follows another document than this one")
	case later.Organization != before.Organization || later.Case != before.Case:
		return errors.New("the two tell of different records")
	case later.Kind == Verification && later.RequestNumber != before.RequestNumber:
		return fmt.Errorf("it tells of request %d, and the earlier document of request %d", later.RequestNumber, before.RequestNumber)
	case later.Kind == Erasure && later.Runs <= before.Runs:
		return fmt.Errorf("it tells of run %d, and the earlier document of run %d", later.Runs, before.Runs)
	}
	return nil
}
