// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package acctest is what acceptance tests share: the provider served in this process, a clock that tests move, and a real
// command line with the built provider for what only a separate process can show.
package acctest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// DigestKey is a digest key for tests.
const DigestKey = "0123456789abcdef0123456789abcdef"

// Factories serve the provider in this process under the local name coveo. One server serves every alias of that name, so
// tests of aliases use the built binary.
func Factories(options ...provider.Option) map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"coveo": providerserver.NewProtocol6WithError(provider.New("test", options...)()),
	}
}

// ProviderConfig is a provider block for an embedded organization, with its administrator's token and room for more
// arguments. Its rates are high enough not to slow a test.
func ProviderConfig(server *simulator.Server, arguments ...string) string {
	return ProviderConfigWith(server, simulator.AdminToken, arguments...)
}

// ProviderConfigWith is ProviderConfig with a token of the caller's choice.
func ProviderConfigWith(server *simulator.Server, token string, arguments ...string) string {
	return fmt.Sprintf(`
provider "coveo" {
  organization_id               = %q
  access_token                  = %q
  platform_url                  = %q
  requests_per_second           = 5000
  analytics_requests_per_second = 5000
  %s
}
`, server.ID(), token, server.URL, strings.Join(arguments, "\n  "))
}

// Digests is the provider argument that sets one digest key.
func Digests() string {
	return fmt.Sprintf("digest_keys = { \"2026\" = %q }", DigestKey)
}

// Subjects is the provider argument that sets the vault.
func Subjects(cases map[string][]string) string {
	var b strings.Builder
	b.WriteString("subjects = {\n")
	for reference, ids := range cases {
		quoted := make([]string, 0, len(ids))
		for _, id := range ids {
			quoted = append(quoted, fmt.Sprintf("%q", id))
		}
		fmt.Fprintf(&b, "    %q = [%s]\n", reference, strings.Join(quoted, ", "))
	}
	b.WriteString("  }")
	return b.String()
}

// Clock is a clock that stands still until a test moves it. Waiting moves it too, so that retries take no real time.
type Clock struct {
	mu  sync.Mutex
	now time.Time
	// Waited is the sum of all waits.
	waited time.Duration
}

// NewClock starts a clock.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Waited is how long callers have waited in all.
func (c *Clock) Waited() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waited
}

// Wait moves the clock by d and returns at once.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d > 0 {
		c.mu.Lock()
		c.now, c.waited = c.now.Add(d), c.waited+d
		c.mu.Unlock()
	}
	return nil
}
