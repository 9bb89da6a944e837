// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/receipt"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// recordCheck looks at the attributes of the one record.
type recordCheck func(attributes map[string]any) error

func (c recordCheck) CheckState(_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	var found *tfjson.StateResource
	for _, r := range req.State.Values.RootModule.Resources {
		if r.Address == address {
			found = r
		}
	}
	if found == nil {
		resp.Error = fmt.Errorf("there is no %s", address)
		return
	}
	resp.Error = c(found.AttributeValues)
}

// receipts follows the documents of a record from step to step.
type receipts struct {
	recorder *signer
	erasure  string
}

// check verifies one of the two documents, and that it follows the erasure's receipt before it.
func (r *receipts) check(name string, kind receipt.Kind, runs int64, follows bool) statecheck.StateCheck {
	return recordCheck(func(attributes map[string]any) error {
		text, _ := attributes[name].(string)
		signature, _ := attributes[name+"_signature"].(string)
		document, err := receipt.Verify([]byte(text), signature, r.recorder.public)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, id := range []string{alice, visitor} {
			if strings.Contains(text+signature, id) {
				return fmt.Errorf("the %s names the person", name)
			}
		}
		if document.Kind != kind || document.Runs != runs {
			return fmt.Errorf("%s is of kind %s and run %d, want %s and %d", name, document.Kind, document.Runs, kind, runs)
		}
		if follows {
			if err := receipt.Follows(document, []byte(r.erasure)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if kind == receipt.Erasure {
			r.erasure = text
		}
		return nil
	})
}

func TestAccUserDataDeletion_ReceiptsFollowTheRecord(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	recorder := newSigner(t)
	private, err := os.ReadFile(filepath.Join(recorder.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	w.erasure = fmt.Sprintf("receipt_signing_key = %q", private)
	r := &receipts{recorder: recorder}
	again := w.config(`triggers = { again = "1" }`)
	w.run(
		w.step(w.config(""), 2, w.failing(), unfinished{}, create, state("status", knownvalue.StringExact("incomplete")), r.check("receipt", receipt.Erasure, 1, false),
			state("verification_receipt", knownvalue.Null())),
		w.step(w.config(""), 1, w.ClearFaults, update, r.check("receipt", receipt.Erasure, 2, true), state("verification_receipt", knownvalue.Null())),
		w.step(w.config(""), 0, func() { w.clock.Advance(5 * day) }, state("status", knownvalue.StringExact("settling")), state("verification_receipt", knownvalue.Null())),
		w.step(w.config(""), 0, func() { w.clock.Advance(6 * day) }, state("status", knownvalue.StringExact("zero_observed")), r.check("verification_receipt", receipt.Verification, 2, true)),
		// A status that changes again is no second verification of the same request.
		w.step(w.config(""), 0, func() { w.Log(visitor, simulator.Search, 2); w.clock.Advance(2 * day) }, state("status", knownvalue.StringExact("reappeared")),
			r.check("verification_receipt", receipt.Verification, 2, true)),
		w.step(again, 2, update, r.check("receipt", receipt.Erasure, 3, true)),
		w.step(again, 0, func() { w.clock.Advance(11 * day) }, state("status", knownvalue.StringExact("zero_observed")), r.check("verification_receipt", receipt.Verification, 3, true)),
	)
	w.deletions(5)
}

func TestAccUserDataDeletion_SimulatedReceiptIsNone(t *testing.T) {
	w := newWorld(t, simulator.Options{SettleAfter: 10 * day})
	recorder := newSigner(t)
	private, err := os.ReadFile(filepath.Join(recorder.dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	w.erasure = fmt.Sprintf("receipt_signing_key = %q, simulate = true", private)
	simulated := w.config("")
	w.erasure = fmt.Sprintf("receipt_signing_key = %q", private)
	r := &receipts{recorder: recorder}
	w.run(
		w.step(simulated, 0, create, state("status", knownvalue.StringExact("simulated")), recordCheck(func(attributes map[string]any) error {
			text, signature := attributes["receipt"].(string), attributes["receipt_signature"].(string)
			if _, err := receipt.Verify([]byte(text), signature, recorder.public); err == nil {
				return fmt.Errorf("a simulation passes as a receipt")
			}
			document, err := receipt.VerifyAllowingSimulation([]byte(text), signature, recorder.public)
			if err == nil && !document.Simulated {
				err = fmt.Errorf("it does not say that it is simulated")
			}
			return err
		})),
		w.step(simulated, 0, noop),
		w.step(w.config(""), 2, update, r.check("receipt", receipt.Erasure, 1, false)),
	)
	w.deletions(2)
}
