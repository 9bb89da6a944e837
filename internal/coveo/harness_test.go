// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const (
	organization = "acmeprod1a2b3c"
	token        = "xxcanary-2b7e-1516-28ae-d2a6abf71588"
	alice        = "alice.smith@example.com-google"
)

// patient is a clock whose waits take no time.
type patient struct {
	mu     sync.Mutex
	now    time.Time
	waited []time.Duration
}

func newPatient() *patient {
	return &patient{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
}

func (p *patient) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *patient) Wait(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d > 0 {
		p.now = p.now.Add(d)
		p.waited = append(p.waited, d)
	}
	return ctx.Err()
}

// newClient makes a client for a server, with rates that slow no test.
func newClient(t *testing.T, platformURL string, edits ...func(*coveo.Config)) *coveo.Client {
	t.Helper()
	config := coveo.Config{
		OrganizationID: organization, Token: token, PlatformURL: platformURL,
		RequestsPerSecond: 1e6, AnalyticsRequestsPerSecond: 1e6, MaxRetries: 3, Clock: newPatient(),
	}
	for _, edit := range edits {
		edit(&config)
	}
	client, err := coveo.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// simulated is an embedded organization that knows the token, and a client for it.
func simulated(t *testing.T, options simulator.Options, edits ...func(*coveo.Config)) (*simulator.Server, *coveo.Client) {
	t.Helper()
	options.AdminToken = token
	server := simulator.Start(t, options)
	return server, newClient(t, server.URL, edits...)
}

// served is a client for a handler of the test's own.
func served(t *testing.T, handler http.HandlerFunc, edits ...func(*coveo.Config)) *coveo.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClient(t, server.URL, edits...)
}

// script is a transport that answers without a network, so that a test can run in a bubble of fake time.
type script struct {
	mu     sync.Mutex
	start  time.Time
	seen   []sent
	answer func(n int, r *http.Request) reply // n counts from 1
}

// reply is what comes of a request: an answer, or err.
type reply struct {
	status  int
	body    string
	headers []string // names and values in turn
	err     error
}

// sent is a request that left the client.
type sent struct {
	after  time.Duration
	method string
	url    string
	header http.Header
	body   string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	s.mu.Lock()
	s.seen = append(s.seen, sent{time.Since(s.start), r.Method, r.URL.String(), r.Header.Clone(), string(body)})
	n := len(s.seen)
	s.mu.Unlock()
	got := s.answer(n, r)
	if got.err != nil {
		return nil, got.err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i+1 < len(got.headers); i += 2 {
		header.Set(got.headers[i], got.headers[i+1])
	}
	return &http.Response{
		StatusCode: got.status, Header: header, Body: io.NopCloser(strings.NewReader(got.body)), ContentLength: int64(len(got.body)),
	}, nil
}

func (s *script) requests() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.seen...)
}

// scripted is a client on a script, with the machine's clock, which stands for the bubble's inside of one.
func scripted(t *testing.T, answer func(n int, r *http.Request) reply, edits ...func(*coveo.Config)) (*script, *coveo.Client) {
	t.Helper()
	s := &script{start: time.Now(), answer: answer}
	edits = append([]func(*coveo.Config){func(c *coveo.Config) {
		c.Transport, c.Clock, c.Jitter = s, coveo.SystemClock{}, func() float64 { return 0 }
	}}, edits...)
	return s, newClient(t, "https://platform.example.com", edits...)
}

func answered(status int, body string, headers ...string) reply {
	return reply{status: status, body: body, headers: headers}
}

func always(status int, body string, headers ...string) func(int, *http.Request) reply {
	return func(int, *http.Request) reply { return answered(status, body, headers...) }
}

// operation is one call of the client, with what a server answers when all is well.
type operation struct {
	name   string
	kind   simulator.Operation
	method string
	path   string // as it is sent, with its query
	status int
	body   string
	call   func(context.Context, *coveo.Client) error
}

const keyBody = `{"id":"k1","displayName":"dsr","enabled":true,"value":"xx12345678-1234-1234-1234-123456789012"}`

const (
	exportsPath  = "/rest/ua/v15/exports"
	exportBody   = `{"id":"e1","status":"PENDING","description":null,"scheduleId":null,"filters":{"f":"userid=='x'"},"tables":["searches"]}`
	scheduleBody = `{"id":"s1","frequency":"DAILY","timezone":"UTC","description":null}`
)

func year() coveo.Period {
	return coveo.Period{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func operations() []operation {
	platform := "/rest/organizations/" + organization
	person := "/rest/ua/v15/users/alice.smith@example.com-google/"
	drop := func(_ any, err error) error { return err }
	return append(groupOperations(), []operation{
		{"list keys", simulator.ListAPIKeys, "GET", platform + "/apikeys", 200, "[" + keyBody + "]", func(ctx context.Context, c *coveo.Client) error { return drop(c.ListAPIKeys(ctx)) }},
		{"get a key", simulator.GetAPIKey, "GET", platform + "/apikeys/k1", 200, keyBody, func(ctx context.Context, c *coveo.Client) error { return drop(c.GetAPIKey(ctx, "k1")) }},
		{"create a key", simulator.CreateAPIKey, "POST", platform + "/apikeys", 201, keyBody, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.CreateAPIKey(ctx, coveo.NewAPIKey{DisplayName: "dsr", Enabled: true}))
		}},
		{"update a key", simulator.UpdateAPIKey, "PUT", platform + "/apikeys/k1", 204, "", func(ctx context.Context, c *coveo.Client) error {
			return c.UpdateAPIKey(ctx, "k1", coveo.APIKeyUpdate{DisplayName: "dsr"})
		}},
		{"activate a key", simulator.ActivateAPIKey, "PUT", platform + "/apikeys/k1/activate", 204, "", func(ctx context.Context, c *coveo.Client) error { return c.ActivateAPIKey(ctx, "k1") }},
		{"disable a key", simulator.DisableAPIKey, "PUT", platform + "/apikeys/k1/disable", 204, "", func(ctx context.Context, c *coveo.Client) error { return c.DisableAPIKey(ctx, "k1") }},
		{"extend a key", simulator.ExtendAPIKey, "PUT", platform + "/apikeys/k1/activation/extend", 204, "", func(ctx context.Context, c *coveo.Client) error { return c.ExtendAPIKey(ctx, "k1") }},
		{"create a key of a template", simulator.CreateAPIKey, "POST", platform + "/apikeys?apiKeyTemplateId=a+%26b", 201, keyBody, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.CreateAPIKey(ctx, coveo.NewAPIKey{DisplayName: "dsr", TemplateID: "a &b"}))
		}},
		{"list templates", simulator.ListAPIKeyTemplates, "GET", platform + "/templates/apikeys", 200, "[]", func(ctx context.Context, c *coveo.Client) error { return drop(c.ListAPIKeyTemplates(ctx)) }},
		{"get a template", simulator.GetAPIKeyTemplate, "GET", platform + "/templates/apikeys/a%2Fb", 200, "{}", func(ctx context.Context, c *coveo.Client) error { return drop(c.GetAPIKeyTemplate(ctx, "a/b")) }},
		{"eligibility", simulator.APIKeyTemplateEligibility, "GET", platform + "/templates/apikeys/privileges/eligibility", 200, "[]", func(ctx context.Context, c *coveo.Client) error {
			return drop(c.APIKeyTemplateEligibility(ctx))
		}},
		{"delete a key", simulator.DeleteAPIKey, "DELETE", platform + "/apikeys/k1", 204, "", func(ctx context.Context, c *coveo.Client) error { return c.DeleteAPIKey(ctx, "k1") }},
		{"my privileges", simulator.MyPrivileges, "GET", platform + "/privileges/me", 200, "[]", func(ctx context.Context, c *coveo.Client) error { return drop(c.MyPrivileges(ctx)) }},
		{"evaluate", simulator.EvaluatePrivilege, "POST", "/rest/privilege/evaluate", 200, `{"approved":true}`, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.EvaluatePrivilege(ctx, coveo.AdministrateAnalytics()))
		}},
		{"organization", simulator.GetOrganization, "GET", platform, 200, `{"id":"o"}`, func(ctx context.Context, c *coveo.Client) error { return drop(c.Organization(ctx)) }},
		{"status", simulator.OrganizationStatus, "GET", platform + "/status", 200, `{"readOnly":false}`, func(ctx context.Context, c *coveo.Client) error { return drop(c.OrganizationStatus(ctx)) }},
		{"placement", simulator.GlobalOrganization, "GET", "/rest/global/organizations/" + organization, 200, `{"primaryMainRegion":"us-east-1"}`, func(ctx context.Context, c *coveo.Client) error { return drop(c.OrganizationPlacement(ctx)) }},
		{"privileges", simulator.ListPrivileges, "GET", platform + "/privileges", 200, "[]", func(ctx context.Context, c *coveo.Client) error { return drop(c.ListPrivileges(ctx)) }},
		{"key privileges", simulator.ListAPIKeyPrivileges, "GET", platform + "/privileges/apikeys?filter=CUSTOM", 200, "[]", func(ctx context.Context, c *coveo.Client) error {
			return drop(c.ListAPIKeyPrivileges(ctx, coveo.CustomKey))
		}},
		{"key access", simulator.ListAPIKeyAccess, "GET", platform + "/access/apikeys?accessLevel=EDIT_ALL&accessLevel=CUSTOM&accessLevel=VIEW_ALL&privilegeOwner=USAGE_ANALYTICS&privilegeTargetDomain=EXPORTS", 200, "[]", func(ctx context.Context, c *coveo.Client) error {
			return drop(c.ListAPIKeyAccess(ctx, "USAGE_ANALYTICS", "EXPORTS"))
		}},
		{"group access", simulator.ListGroupAccess, "GET", platform + "/access/groups?accessLevel=EDIT_ALL&accessLevel=CUSTOM&accessLevel=VIEW_ALL&privilegeOwner=USAGE_ANALYTICS&privilegeTargetDomain=EXPORTS", 200, "[]", func(ctx context.Context, c *coveo.Client) error {
			return drop(c.ListGroupAccess(ctx, "USAGE_ANALYTICS", "EXPORTS"))
		}},
		{"overview", simulator.UserOverview, "GET", person + "overview?org=" + organization, 200, `{"stats":{"search":1}}`, func(ctx context.Context, c *coveo.Client) error { return drop(c.UserOverview(ctx, alice)) }},
		{"list exports", simulator.ListExports, "GET", exportsPath + "?org=" + organization, 200, "[" + exportBody + "]", func(ctx context.Context, c *coveo.Client) error { return drop(c.ListExports(ctx)) }},
		{"get an export", simulator.GetExport, "GET", exportsPath + "/e1?org=" + organization, 200, exportBody, func(ctx context.Context, c *coveo.Client) error { return drop(c.GetExport(ctx, "e1")) }},
		{"create an export", simulator.CreateExport, "POST", exportsPath + "/create?org=" + organization, 201, exportBody, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.CreateExport(ctx, coveo.NewExport{Period: year(), Filters: []string{"userid=='" + alice + "'"}}))
		}},
		{"delete an export", simulator.DeleteExport, "DELETE", exportsPath + "/e1?org=" + organization, 204, "", func(ctx context.Context, c *coveo.Client) error { return c.DeleteExport(ctx, "e1") }},
		{"estimate", simulator.EstimateExport, "GET", exportsPath + "/estimate?f=userid%3D%3D%27" + "alice.smith%40example.com-google" + "%27&from=2026-01-01T00%3A00%3A00.000Z&org=" + organization +
			"&to=2027-01-01T00%3A00%3A00.000Z", 200, `{"estimates":{"searches":3}}`, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.EstimateExport(ctx, year(), nil, []string{"userid=='" + alice + "'"}))
		}},
		{"row limit", simulator.ExportRowLimit, "GET", exportsPath + "/rowLimit?org=" + organization, 200, `{"exportRowCountLimit":9}`, func(ctx context.Context, c *coveo.Client) error {
			_, _, err := c.ExportRowLimit(ctx)
			return err
		}},
		{"dimensions", simulator.ListExportableDimensions, "GET", "/rest/ua/v15/dimensions/exportables?org=" + organization, 200, "[]", func(ctx context.Context, c *coveo.Client) error {
			return drop(c.ExportableDimensions(ctx))
		}},
		{"list schedules", simulator.ListExportSchedules, "GET", exportsPath + "/schedules?org=" + organization, 200, "[]", func(ctx context.Context, c *coveo.Client) error {
			return drop(c.ListExportSchedules(ctx))
		}},
		{"create a schedule", simulator.CreateExportSchedule, "POST", exportsPath + "/schedules?org=" + organization, 201, scheduleBody, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.CreateExportSchedule(ctx, coveo.ScheduleModel{Frequency: "DAILY", Timezone: "UTC", Emails: []string{}}))
		}},
		{"get a schedule", simulator.GetExportSchedule, "GET", exportsPath + "/schedules/s1?org=" + organization, 200, scheduleBody, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.GetExportSchedule(ctx, "s1"))
		}},
		{"update a schedule", simulator.UpdateExportSchedule, "PUT", exportsPath + "/schedules/s1?org=" + organization, 200, scheduleBody, func(ctx context.Context, c *coveo.Client) error {
			return drop(c.UpdateExportSchedule(ctx, "s1", coveo.ScheduleModel{Frequency: "DAILY", Timezone: "UTC", Emails: []string{}}))
		}},
		{"delete a schedule", simulator.DeleteExportSchedule, "DELETE", exportsPath + "/schedules/s1?org=" + organization, 204, "", func(ctx context.Context, c *coveo.Client) error {
			return c.DeleteExportSchedule(ctx, "s1")
		}},
		{"erase", simulator.DeleteUserData, "DELETE", person + "alldata?org=" + organization, 202, `{"message":"accepted"}`, func(ctx context.Context, c *coveo.Client) error { return drop(c.DeleteUserData(ctx, alice)) }},
	}...)
}

func (o operation) repeatable() bool { return o.method != http.MethodPost }

// equal compares by what a person would read.
func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprintf("%v", got) != fmt.Sprintf("%v", want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func withTimeout(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not say %q", text, part)
		}
	}
}
