// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// In the last moments of a process nothing waits for its turn, nor for a gate that a refusal has closed.
func TestUrgent_WaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := scripted(t, func(n int, r *http.Request) reply {
			if r.Method == http.MethodDelete {
				return answered(204, "")
			}
			if n == 1 {
				return answered(429, "", "Retry-After", "100")
			}
			return answered(200, "[]")
		}, func(c *coveo.Config) { c.RequestsPerSecond, c.MaxRetries = 0.01, 0 })
		begun := time.Now()
		if _, err := client.ListAPIKeys(t.Context()); err == nil {
			t.Error("the refusal was not seen")
		}
		urgent := client.Urgent()
		for range 5 {
			if err := urgent.DeleteAPIKey(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("urgent calls took %s", took)
		}
		if err := client.DeleteAPIKey(t.Context(), "x"); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took < 100*time.Second {
			t.Errorf("the others waited %s only", took)
		}
		for _, request := range s.requests() {
			if request.header.Get("Authorization") != "Bearer "+token {
				t.Error("a request had another token")
			}
		}
		if urgent.OrganizationID() != client.OrganizationID() || urgent.TokenUnknown() {
			t.Error("the urgent client is another one")
		}
	})
}
