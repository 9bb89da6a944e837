// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package diagnose_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const alice = "alice.smith@example.com-google"

// text is what a user reads after a call on an embedded organization.
func text(t *testing.T, options simulator.Options, fault *simulator.Fault, privileges []simulator.Privilege, call func(*coveo.Client) error) string {
	t.Helper()
	server := simulator.Start(t, options)
	server.AddToken("token", privileges...)
	if fault != nil {
		server.Inject(*fault)
	}
	organization := server.ID()
	client, err := coveo.New(coveo.Config{OrganizationID: organization, Token: "token", PlatformURL: server.URL, RequestTimeout: 10 * time.Second, MaxRetries: 0})
	if err != nil {
		t.Fatal(err)
	}
	if err = call(client); err == nil {
		t.Fatal("the call succeeded")
	}
	return diagnose.Text(fmt.Errorf("what Coveo holds on DSR-1 cannot be read: %w", err))
}

func TestText_SaysWhatToDo(t *testing.T) {
	look := func(c *coveo.Client) error { _, err := c.UserOverview(context.Background(), alice); return err }
	erase := func(c *coveo.Client) error { _, err := c.DeleteUserData(context.Background(), alice); return err }
	create := func(c *coveo.Client) error {
		_, err := c.CreateAPIKey(context.Background(), coveo.NewAPIKey{DisplayName: "d"})
		return err
	}
	mine := func(c *coveo.Client) error { _, err := c.MyPrivileges(context.Background()); return err }
	interrupted := func(c *coveo.Client) error {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		_, err := c.CreateAPIKey(ctx, coveo.NewAPIKey{DisplayName: "d"})
		return err
	}
	may := []simulator.Privilege{simulator.ErasurePrivilege(), {Owner: "PLATFORM", TargetDomain: "API_KEY", Type: "CREATE", TargetID: "*"}}
	for name, test := range map[string]struct {
		options    simulator.Options
		fault      *simulator.Fault
		privileges []simulator.Privilege
		call       func(*coveo.Client) error
		says       []string
		never      string
	}{
		"overview lacks its privilege": {call: look, says: []string{
			"What Coveo holds on DSR-1 cannot be read", `"Analytics – Administrate: Allowed"`, "USAGE_ANALYTICS/ADMINISTRATE *", "coveo_api_key", "duties", "access_token", "Organization > Groups"}},
		"erasure lacks its privilege": {call: erase, says: []string{`"Analytics – Delete user data: Allowed"`}},
		"key lacks its privilege":     {call: create, says: []string{`"Organization – API keys: Create"`, "OAuth 2.0 token of an administrator"}},
		"bad token where none is needed": {call: mine, fault: &simulator.Fault{Status: 401}, says: []string{
			"invalid or expired", "allowed IP addresses", "organization_id"}},
		"read-only erasure":        {options: simulator.Options{ReadOnly: true}, privileges: may, call: erase, says: []string{"read-only"}, never: "privilege"},
		"read-only erasure as 412": {options: simulator.Options{ReadOnly: true, Readings: simulator.Readings{ReadOnlyStatus: 412}}, privileges: may, call: erase, says: []string{"read-only"}, never: "did not accept a value"},
		"read-only key":            {options: simulator.Options{ReadOnly: true}, privileges: may, call: create, says: []string{"read-only"}, never: "OAuth"},
		"too many requests":        {fault: &simulator.Fault{Status: 429}, call: erase, says: []string{"analytics_requests_per_second", "share the limit"}},
		"asks for too long":        {fault: &simulator.Fault{Status: 429, RetryAfter: "3600"}, call: erase, says: []string{"analytics_requests_per_second"}},
		"not found":                {fault: &simulator.Fault{Status: 404, HTML: true}, call: look, says: []string{"HTML page", "organization_id", "analytics_url"}},
		"bad value":                {fault: &simulator.Fault{Status: 412}, privileges: may, call: create, says: []string{"did not accept a value"}},
		"server error":             {fault: &simulator.Fault{Status: 500}, call: look, says: []string{"status page"}},
		"lost answer":              {fault: &simulator.Fault{CutAfter: true}, privileges: may, call: create, says: []string{"may have carried out", "not sent again"}, never: "Nothing more was sent"},
		"interrupted while sent":   {fault: &simulator.Fault{Delay: time.Minute}, privileges: may, call: interrupted, says: []string{"may have carried out"}, never: "Nothing more was sent"},
		"a page says yes":          {fault: &simulator.Fault{HTML: true}, privileges: may, call: erase, says: []string{"HTML page", "what stands between"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := text(t, test.options, test.fault, test.privileges, test.call)
			for _, part := range test.says {
				if !strings.Contains(got, part) {
					t.Errorf("it does not say %q:\n%s", part, got)
				}
			}
			if test.never != "" && strings.Contains(got, test.never) || strings.Contains(got, alice) {
				t.Errorf("it says too much:\n%s", got)
			}
		})
	}
}

// Whatever a call takes, its refusal names it in the console's words, says how to grant it, and shows no token.
func TestText_NamesThePrivilegeOfEveryCall(t *testing.T) {
	ctx := context.Background()
	drop := func(_ any, err error) error { return err }
	const organization, keys, groups = `"Organization – Organization: View" (PLATFORM/ORGANIZATION VIEW *)`,
		`"Organization – API keys: View" (PLATFORM/API_KEY VIEW *)`, `"Organization – Groups: View" (PLATFORM/GROUP VIEW *)`
	for name, test := range map[string]struct {
		call func(*coveo.Client) error
		says string
	}{
		"privileges":     {func(c *coveo.Client) error { return drop(c.ListPrivileges(ctx)) }, organization},
		"key privileges": {func(c *coveo.Client) error { return drop(c.ListAPIKeyPrivileges(ctx, coveo.CustomKey)) }, organization},
		"placement":      {func(c *coveo.Client) error { return drop(c.OrganizationPlacement(ctx)) }, organization},
		"keys":           {func(c *coveo.Client) error { return drop(c.ListAPIKeys(ctx)) }, keys},
		"key access":     {func(c *coveo.Client) error { return drop(c.ListAPIKeyAccess(ctx, "USAGE_ANALYTICS", "EXPORTS")) }, keys},
		"groups":         {func(c *coveo.Client) error { return drop(c.ListGroups(ctx)) }, groups},
		"group access":   {func(c *coveo.Client) error { return drop(c.ListGroupAccess(ctx, "USAGE_ANALYTICS", "EXPORTS")) }, groups},
		"overview":       {func(c *coveo.Client) error { return drop(c.UserOverview(ctx, alice)) }, `"Analytics – Administrate: Allowed" (USAGE_ANALYTICS/ADMINISTRATE *)`},
		"erasure":        {func(c *coveo.Client) error { return drop(c.DeleteUserData(ctx, alice)) }, `"Analytics – Delete user data: Allowed" (USAGE_ANALYTICS/DELETE_USER_ANALYTICS_DATA *)`},
	} {
		for _, status := range []int{401, 403} {
			got := text(t, simulator.Options{Readings: simulator.Readings{MissingPrivilegeStatus: status}}, nil, nil, test.call)
			for _, part := range []string{test.says, "Organization > Groups", "is not accepted from this machine's address", fmt.Sprint(status)} {
				if !strings.Contains(got, part) {
					t.Errorf("%s, %d: it does not say %q:\n%s", name, status, part, got)
				}
			}
			// Whether a key may manage keys is no matter of groups or of the organization.
			if strings.Contains(got, "may manage API keys") != (test.says == keys) || strings.Contains(got, alice) || strings.Contains(got, "Bearer") {
				t.Errorf("%s, %d: %s", name, status, got)
			}
		}
	}
}

func TestText_OfOtherErrors(t *testing.T) {
	for want, err := range map[string]error{
		"depends_on":              fmt.Errorf("x: %w", coveo.ErrTokenUnknown),
		"separate configurations": coveo.ErrTokenUnknown,
		"Something else.":         errors.New("something else"),
	} {
		if got := diagnose.Text(err); !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	client, err := coveo.New(coveo.Config{OrganizationID: "o", Token: "t", PlatformURL: "https://platform.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.MyPrivileges(cancelled)
	if got := diagnose.Text(err); !strings.Contains(got, "Nothing more was sent") {
		t.Error(got)
	}
	warning := diagnose.Warning("Summary", "Meaning.", errors.New("cause"))
	if warning.Summary() != "Summary" || warning.Detail() != "Meaning.\n\nCause." || diagnose.Error("S", errors.New("c")).Detail() != "C." {
		t.Errorf("got %q", warning.Detail())
	}
}
