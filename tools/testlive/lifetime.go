// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// keyOfOneHour asks for a key that opens nothing with a lifetime in hours, as a key for one run has, and deletes it.
func (t *trial) keyOfOneHour(ctx context.Context) error {
	name := "testlive " + uuid()
	created, err := t.keys.CreateAPIKey(ctx, coveo.NewAPIKey{
		DisplayName: name, Description: "made by testlive, may be deleted", Enabled: false,
		Privileges: []coveo.Privilege{coveo.AdministrateAnalytics()}, Lifetime: "PT1H",
	})
	observed := t.keysTap.answer().word()
	var refused *coveo.Error
	switch {
	case coveo.IsOutcomeUnknown(err):
		err = fmt.Errorf("a key with the display name %q may exist, remove it by hand: %w", name, err)
	case errors.As(err, &refused) && refused.Status >= 400 && refused.Status < 500 && !coveo.IsRefused(err):
		err = nil // an answer to the question
	case err == nil:
		observed += ", no end"
		if end := created.ExpirationDate; !end.IsZero() {
			observed = fmt.Sprintf("%s, ends after %s", t.keysTap.answer().word(), end.Sub(created.CreatedDate.Time).Round(time.Minute))
		}
	}
	t.note("lifetime of a key in hours", "a key for one run asks for `PT1H`; where that is refused, the error says to write `P1D`", "%s", observed)
	if created == nil || created.ID == "" {
		return err
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if deleteErr := t.keys.DeleteAPIKey(grace, created.ID); deleteErr != nil {
		return fmt.Errorf("the key %q was NOT deleted, remove it by hand: %w", name, deleteErr)
	}
	return err
}
