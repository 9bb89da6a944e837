// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestInstant_ReadsEveryForm(t *testing.T) {
	at := time.Date(2021, 3, 5, 18, 38, 6, 0, time.UTC)
	for form, want := range map[string]time.Time{
		`1614969486000`: at, `1.614969486e12`: at, `"1614969486000"`: at, `1614969486123`: at.Add(123 * time.Millisecond),
		`"2021-03-05T18:38:06Z"`: at, `"2021-03-05T18:38:06.000Z"`: at, `"2021-03-05T19:38:06+01:00"`: at,
		`"2021-03-05T18:38:06.000+0000"`: at, `"2021-03-05T18:38:06"`: at,
		`null`: {}, `""`: {}, `0`: {}, `"soon"`: {}, `{}`: {}, `[]`: {}, `true`: {}, `1e300`: {}, `"NaN"`: {}, `"Inf"`: {},
	} {
		var key coveo.APIKey
		if err := json.Unmarshal([]byte(`{"id":"k","createdDate":`+form+`}`), &key); err != nil {
			t.Errorf("%s hides the key: %v", form, err)
		}
		equal(t, form, key.CreatedDate.Time, want)
		equal(t, "the rest beside "+form, key.ID, "k")
	}
}

func TestPerson_ReadsEveryForm(t *testing.T) {
	for form, want := range map[string]coveo.Person{
		`{"username":"u","displayName":"d","email":"e"}`: {Username: "u", DisplayName: "d"},
		`{"email":"e"}`: {Username: "e"}, `"u"`: {Username: "u"}, `null`: {}, `7`: {}, `[]`: {}, `{"username":7}`: {},
	} {
		var key coveo.APIKey
		if err := json.Unmarshal([]byte(`{"createdBy":`+form+`}`), &key); err != nil {
			t.Errorf("%s hides the key: %v", form, err)
		}
		equal(t, form, key.CreatedBy, want)
	}
}

func TestAPIKey_FullValuesAreToldFromMasks(t *testing.T) {
	for value, full := range map[string]bool{
		"xx12345678-1234-1234-1234-123456789012": true, "xx*****1343": false, "**********-****-****-****-********1b3e": false,
		"xx********-****-…1343": false, "": false,
	} {
		equal(t, value, (&coveo.APIKey{Value: value}).HasFullValue(), full)
	}
}

func TestOverview_ReadsWhatCanBeReadAndNeverTakesTheRestForNothing(t *testing.T) {
	for body, want := range map[string]string{
		`{"stats":{"search":9,"click":3}}`:                   "true 12",
		`{"stats":{"search":"9","click":3.0,"custom":null}}`: "true 12",
		`{"stats":{"search":9,"since":"2026-01-01"}}`:        "true 9",
		`{"stats":{"brand new kind":1e3}}`:                   "true 1000",
		`{"stats":{}}`:                                       "false 0",
		`{"stats":{"search":0}}`:                             "false 0",
		`{"stats":{"search":null}}`:                          "false 0",
		`{"stats":null}`:                                     "false 0",
		`{"userId":"a","account":null}`:                      "false 0",
		`{"userId":null,"stats":null,"account":null}`:        "false 0",
		// None of these says that there is nothing.
		`{}`:                                "error",
		`null`:                              "error",
		` null `:                            "error",
		``:                                  "error",
		`[]`:                                "error",
		`"up"`:                              "error",
		`7`:                                 "error",
		`{"status":"up"}`:                   "error",
		`{"message":"try later"}`:           "error",
		`{"stats":[1]}`:                     "error",
		`{"stats":7}`:                       "error",
		`{"stats":{"search":{"total":9}}}`:  "error",
		`{"stats":{"search":-1}}`:           "error",
		`{"stats":{"search":"many"}}`:       "error",
		`{"stats":{"search":9}`:             "error",
		`{"stats":{"search":9}}garbage`:     "error",
		`<html>{"stats":{"search":9}}`:      "error",
		"\xef\xbb\xbf<html></html>":         "error",
		strings.Repeat(" ", 100) + "<html>": "error",
	} {
		s, client := scripted(t, always(200, body))
		overview, err := client.UserOverview(t.Context(), alice)
		got := fmt.Sprint(overview.Found, overview.Total)
		got = strings.Replace(got, "true", "true ", 1)
		got = strings.ReplaceAll(got, "  ", " ")
		if err != nil {
			got = "error"
			if coveo.IsOutcomeUnknown(err) || coveo.IsNotFound(err) || coveo.IsRefused(err) {
				t.Errorf("%q is told as something else: %v", body, err)
			}
			contains(t, err.Error(), "HTTP 200")
		}
		equal(t, body, got, want)
		equal(t, "requests of "+body, len(s.requests()), 1)
	}
}

// spoilt are the faults of an answer, after the request was carried out.
func spoilt() map[string]simulator.Fault {
	return map[string]simulator.Fault{
		"cut after":  {CutAfter: true},
		"truncated":  {Truncate: true},
		"HTML":       {HTML: true},
		"empty":      {Empty: true},
		"nulls":      {Nulls: true},
		"plain text": {Body: "OK", ContentType: "text/plain"},
		"other JSON": {Body: `"accepted"`},
		"null":       {Body: "null"},
	}
}

func TestFaults_OfAnAnswerThatWasSpoilt(t *testing.T) {
	type outcome struct {
		overview, erase, create, update, list string
	}
	for name, want := range map[string]outcome{
		// What the answer must say is asked for again where that is safe; where the status says it all, nothing is missing.
		"cut after":  {"error 4", "error 4", "lost 1", "error 4", "error 4"},
		"truncated":  {"error 4", "ok 1", "lost 1", "ok 1", "error 4"},
		"HTML":       {"error 1", "error 1", "lost 1", "error 1", "error 1"},
		"empty":      {"error 1", "ok 1", "lost 1", "ok 1", "error 1"},
		"nulls":      {"ok 1", "ok 1", "ok 1", "ok 1", "ok 1"},
		"plain text": {"error 1", "ok 1", "lost 1", "ok 1", "error 1"},
		"other JSON": {"error 1", "ok 1", "lost 1", "ok 1", "error 1"},
		"null":       {"error 1", "ok 1", "lost 1", "ok 1", "error 1"},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := simulated(t, simulator.Options{IgnoreContract: true})
			server.Log(alice, simulator.Search, 1)
			id := server.AddKey(simulator.KeySpec{DisplayName: "k"}).ID
			for operation, check := range map[simulator.Operation]struct {
				want string
				call func() error
			}{
				simulator.UserOverview:   {want.overview, func() error { _, err := client.UserOverview(t.Context(), alice); return err }},
				simulator.DeleteUserData: {want.erase, func() error { _, err := client.DeleteUserData(t.Context(), alice); return err }},
				simulator.CreateAPIKey: {want.create, func() error {
					_, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{DisplayName: "d", Enabled: true})
					return err
				}},
				simulator.UpdateAPIKey: {want.update, func() error {
					return client.UpdateAPIKey(t.Context(), id, coveo.APIKeyUpdate{DisplayName: "d"})
				}},
				simulator.ListAPIKeys: {want.list, func() error { _, err := client.ListAPIKeys(t.Context()); return err }},
			} {
				server.ClearFaults()
				server.ResetCalls()
				fault := spoilt()[name]
				fault.Operation = operation
				server.Inject(fault)
				err := check.call()
				got := "ok"
				switch {
				case coveo.IsOutcomeUnknown(err):
					got = "lost"
				case err != nil:
					got = "error"
				}
				if operation == simulator.UpdateAPIKey && (name == "truncated" || name == "HTML" || name == "plain text" || name == "other JSON" || name == "null") {
					// A 204 has no body that could be spoilt.
					continue
				}
				equal(t, string(operation), fmt.Sprint(got, " ", server.Calls(operation)), check.want)
			}
		})
	}
}

func TestErasure_OnlyAnAnswerOfCoveosIsAnAcceptance(t *testing.T) {
	cut := func(body, contentType string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Content-Length", "5000")
			w.WriteHeader(http.StatusAccepted)
			_, _ = w.Write([]byte(body))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}
	whole := func(status int, body, contentType string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, test := range map[string]struct {
		handler  http.HandlerFunc
		accepted bool
	}{
		"202":                     {whole(202, `{"message":"m"}`, "application/json"), true},
		"202, cut":                {cut(`{"mess`, "application/json"), true},
		"202, nothing of a body":  {cut(``, "application/json"), true},
		"204":                     {whole(204, ``, "application/json"), true},
		"202, a page":             {whole(202, `<!DOCTYPE html><html>`, "text/html"), false},
		"200, a page":             {whole(200, `<html>`, "text/html; charset=utf-8"), false},
		"200, a page in disguise": {whole(200, "\n\n <HTML>", "application/json"), false},
		"202, a cut page":         {cut(`<!DOC`, "text/html"), false},
		"302 to a login":          {whole(302, ``, "text/html"), false},
		"304":                     {whole(304, ``, ""), false},
		"403, a page":             {whole(403, `<html>`, "text/html"), false},
	} {
		t.Run(name, func(t *testing.T) {
			acceptance, err := served(t, test.handler).DeleteUserData(t.Context(), alice)
			equal(t, "accepted", err == nil && acceptance.Known, test.accepted)
			equal(t, "an error otherwise", err != nil, !test.accepted)
		})
	}
}

func TestCreate_OutcomeIsUnknownUnlessTheAnswerIsComplete(t *testing.T) {
	for name, test := range map[string]struct {
		fault   simulator.Fault
		unknown bool
		made    int
	}{
		"cut before":      {simulator.Fault{CutBefore: true}, true, 0},
		"cut after":       {simulator.Fault{CutAfter: true}, true, 1},
		"truncated":       {simulator.Fault{Truncate: true}, true, 1},
		"HTML":            {simulator.Fault{HTML: true}, true, 1},
		"empty":           {simulator.Fault{Empty: true}, true, 1},
		"503":             {simulator.Fault{Status: 503}, true, 0},
		"503, a page":     {simulator.Fault{Status: 503, HTML: true}, true, 0},
		"500":             {simulator.Fault{Status: 500}, true, 0},
		"masked value":    {simulator.Fault{Mutate: func(b map[string]any) { b["value"] = "xx*****1343" }}, true, 1},
		"missing value":   {simulator.Fault{Mutate: func(b map[string]any) { delete(b, "value") }}, true, 1},
		"null value":      {simulator.Fault{Mutate: func(b map[string]any) { b["value"] = nil }}, true, 1},
		"missing ID":      {simulator.Fault{Mutate: func(b map[string]any) { delete(b, "id") }}, true, 1},
		"value of a type": {simulator.Fault{Mutate: func(b map[string]any) { b["value"] = 7 }}, true, 1},
		"400":             {simulator.Fault{Status: 400}, false, 0},
		"401":             {simulator.Fault{Status: 401}, false, 0},
		"412":             {simulator.Fault{Status: 412}, false, 0},
		"429 for ever":    {simulator.Fault{Status: 429}, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := simulated(t, simulator.Options{IgnoreContract: true})
			test.fault.Operation = simulator.CreateAPIKey
			server.Inject(test.fault)
			key, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{DisplayName: "d", Enabled: true})
			if err == nil {
				t.Fatal("it was told as a success")
			}
			equal(t, "outcome unknown", coveo.IsOutcomeUnknown(err), test.unknown)
			equal(t, "keys", len(server.Keys()), test.made)
			calls := 1
			if test.fault.Status == 429 {
				calls = 4
			}
			equal(t, "requests", server.Calls(simulator.CreateAPIKey), calls)
			if name == "masked value" || name == "missing value" || name == "null value" {
				equal(t, "the key's ID is told", key != nil && key.ID == server.Keys()[0].ID, true)
			}
		})
	}
}

func TestCreate_AnAddressThatRefusesTheConnectionMadeNothing(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	_ = listener.Close()
	client := newClient(t, address)
	_, err = client.CreateAPIKey(t.Context(), coveo.NewAPIKey{})
	equal(t, "outcome unknown", coveo.IsOutcomeUnknown(err), false)
	contains(t, fmt.Sprint(err), "the connection was refused")
	_, err = client.UserOverview(t.Context(), alice)
	contains(t, fmt.Sprint(err), "the connection was refused", "after 4 attempts")
}

func TestCertificate_ThatIsNotTrustedIsAskedOnceAndMadeNothing(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	server.Config.ErrorLog = discard()
	server.StartTLS()
	t.Cleanup(server.Close)
	for name, edit := range map[string]func(*coveo.Config){
		"unknown authority": func(*coveo.Config) {},
		"another host": func(c *coveo.Config) {
			c.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "other.example"}}
		},
	} {
		client := newClient(t, server.URL, edit)
		_, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{})
		contains(t, fmt.Sprint(err), "certificate is not trusted", "SSL_CERT_FILE")
		equal(t, name+": outcome unknown", coveo.IsOutcomeUnknown(err), false)
		_, err = client.ListAPIKeys(t.Context())
		var e *coveo.Error
		equal(t, name+": an error", errors.As(err, &e), true)
		equal(t, name+": attempts", e.Attempts, 1)
	}
	equal(t, "requests", requests.Load(), 0)
}

func TestHost_ThatDoesNotExist(t *testing.T) {
	client := newClient(t, "https://no-such-host.invalid", func(c *coveo.Config) { c.MaxRetries = 0 })
	_, err := client.UserOverview(t.Context(), alice)
	contains(t, fmt.Sprint(err), "could not be resolved")
	if strings.Contains(fmt.Sprint(err), "no-such-host.invalid/") {
		t.Error(err)
	}
}

func TestRedirect_IsNotFollowedAndTheBearerReachesNoOtherHost(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		if r.Header.Get("Authorization") != "" {
			t.Error("the other host got the bearer")
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, op := range operations() {
			err := op.call(t.Context(), served(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, other.URL+r.URL.EscapedPath(), status)
			}))
			if err == nil {
				t.Fatalf("%s accepted a redirect", op.name)
			}
			contains(t, err.Error(), "redirect", "platform_url")
			if strings.Contains(err.Error(), other.URL) {
				t.Errorf("the target is shown: %v", err)
			}
		}
	}
	equal(t, "requests to the other host", reached.Load(), 0)
}

func TestIsRefused_EveryFormOfNo(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   bool
	}{
		"401":                     {401, `{"errorCode":"INVALID_TOKEN"}`, true},
		"403":                     {403, `{"errorCode":"ACCESS_DENIED"}`, true},
		"403 without a body":      {403, ``, true},
		"403 of a firewall":       {403, `<html>`, true},
		"400 InvalidToken":        {400, `{"statusCode":400,"type":"InvalidToken","message":"m"}`, true},
		"400 INVALID_TOKEN":       {400, `{"errorCode":"INVALID_TOKEN"}`, true},
		"400 of another kind":     {400, `{"type":"InvalidRequest"}`, false},
		"400 without a body":      {400, ``, false},
		"404 with the code":       {404, `{"type":"InvalidToken"}`, false},
		"500":                     {500, `{"type":"InvalidToken"}`, false},
		"200 that holds the code": {200, `{"type":"InvalidToken","stats":{}}`, false},
	} {
		_, client := scripted(t, always(test.status, test.body))
		_, err := client.UserOverview(t.Context(), alice)
		equal(t, name, coveo.IsRefused(err), test.want)
	}
	for _, status := range []int{400, 401} {
		server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{InvalidTokenStatus: status}})
		_, err := newClient(t, server.URL).UserOverview(t.Context(), alice)
		equal(t, fmt.Sprint("bad token as ", status), coveo.IsRefused(err), true)
	}
	for _, status := range []int{401, 403} {
		server := simulator.Start(t, simulator.Options{Readings: simulator.Readings{MissingPrivilegeStatus: status}})
		server.AddToken(token)
		_, err := newClient(t, server.URL).UserOverview(t.Context(), alice)
		equal(t, fmt.Sprint("missing privilege as ", status), coveo.IsRefused(err), true)
		var e *coveo.Error
		equal(t, "needs", errors.As(err, &e) && *e.Needs == coveo.AdministrateAnalytics(), true)
	}
}

func TestReadOnlyOrganization_IsToldFromAMissingPrivilege(t *testing.T) {
	for _, status := range []int{403, 412} {
		_, client := simulated(t, simulator.Options{ReadOnly: true, Readings: simulator.Readings{ReadOnlyStatus: status}})
		_, erased := client.DeleteUserData(t.Context(), alice)
		_, created := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{DisplayName: "d"})
		equal(t, "analytics", coveo.IsReadOnly(erased), true)
		equal(t, "platform", coveo.IsReadOnly(created), true)
		equal(t, "nothing was made", coveo.IsOutcomeUnknown(created), false)
	}
}

func TestNotFound_OnlyCoveosWordAboutTheObjectCounts(t *testing.T) {
	for body, want := range map[string]bool{
		`{"errorCode":"API_KEY_NOT_FOUND"}`:      true,
		`{}`:                                     true,
		``:                                       true,
		`{"errorCode":"ORGANIZATION_NOT_FOUND"}`: false,
		`<html>404</html>`:                       false,
	} {
		for _, status := range []int{404, 410} {
			_, client := scripted(t, always(status, body))
			_, err := client.GetAPIKey(t.Context(), "k")
			equal(t, fmt.Sprint(status, " ", body), coveo.IsNotFound(err), want)
			// A key whose deletion a proxy answered for is still there.
			equal(t, fmt.Sprint("deleted: ", status, " ", body), client.DeleteAPIKey(t.Context(), "k") == nil, want)
		}
	}
	server := simulator.Start(t, simulator.Options{AdminToken: token, OrganizationID: "another"})
	_, err := newClient(t, server.URL).GetAPIKey(t.Context(), "k")
	equal(t, "a wrong organization", coveo.IsNotFound(err), false)
}

// A 404 is about the person only if nothing suggests that it is about the address: else a mistyped setting would make
// records of erasures that nobody was asked for.
func TestUnknownPerson_IsToldFromAWrongAddress(t *testing.T) {
	const unknown = `{"statusCode":404,"type":"UserNotFound","message":"The user was not found."}`
	for name, test := range map[string]struct {
		status       int
		body         string
		healthStatus int
		healthBody   string
		unknown      bool
		healthCalls  int
	}{
		"a person":                        {404, unknown, 200, `{"status":"up"}`, true, 1},
		"a person, gone":                  {410, unknown, 200, `{"status":"up"}`, true, 1},
		"a person, without a code":        {404, `{"message":"m"}`, 200, `{"status":"UP"}`, true, 1},
		"a person, health without a body": {404, unknown, 200, ``, true, 1},
		"the health check is 404":         {404, unknown, 404, unknown, false, 1},
		"the health check is a page":      {404, unknown, 200, `<html>`, false, 1},
		"the health check is refused":     {404, unknown, 403, `{}`, false, 1},
		"the health check fails":          {404, unknown, 500, `{}`, false, 1},
		"a page":                          {404, `<html>`, 200, `{"status":"up"}`, false, 0},
		"no body":                         {404, ``, 200, `{"status":"up"}`, false, 0},
		"null":                            {404, `null`, 200, `{"status":"up"}`, false, 0},
		"a text":                          {404, `"not found"`, 200, `{"status":"up"}`, false, 0},
		"the organization":                {404, `{"errorCode":"ORGANIZATION_NOT_FOUND"}`, 200, `{"status":"up"}`, false, 0},
		"the organization, as UA writes":  {404, `{"type":"OrganizationNotFound"}`, 200, `{"status":"up"}`, false, 0},
		"the account":                     {404, `{"type":"AccountNotFound"}`, 200, `{"status":"up"}`, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			health := 0
			_, client := scripted(t, func(_ int, r *http.Request) reply {
				if strings.HasSuffix(r.URL.Path, "/monitoring/health") {
					health++
					return answered(test.healthStatus, test.healthBody)
				}
				return answered(test.status, test.body)
			})
			overview, readErr := client.UserOverview(t.Context(), alice)
			equal(t, "overview", fmt.Sprint(readErr == nil, overview.Found), fmt.Sprint(test.unknown, false))
			equal(t, "health checks", health, test.healthCalls)
			acceptance, eraseErr := client.DeleteUserData(t.Context(), alice)
			equal(t, "erasure", fmt.Sprint(eraseErr == nil, acceptance.Known), fmt.Sprint(test.unknown, false))
			if test.unknown {
				equal(t, "health checks in all", health, 1)
			} else if strings.Contains(name, "health") {
				contains(t, readErr.Error(), "health check", "analytics_url", "region")
			}
		})
	}
}

func TestUnknownPerson_OfAWrongOrganizationOrBaseIsAnError(t *testing.T) {
	for _, readings := range []simulator.Readings{{}, {UnknownUserNotFound: true, UnknownUserDeletionNotFound: true}} {
		server, _ := simulated(t, simulator.Options{Readings: readings})
		for name, client := range map[string]*coveo.Client{
			"organization": newClient(t, server.URL, func(c *coveo.Config) { c.OrganizationID = "mistyped" }),
		} {
			_, readErr := client.UserOverview(t.Context(), alice)
			acceptance, eraseErr := client.DeleteUserData(t.Context(), alice)
			if readErr == nil || eraseErr == nil {
				t.Errorf("a wrong %s is told as an unknown person: %v, %v, %v", name, acceptance, readErr, eraseErr)
			}
		}
	}
	wrong := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprintf(w, `{"status":404,"error":"Not Found","path":%q}`, r.URL.Path)
	})
	_, err := wrong.DeleteUserData(t.Context(), alice)
	contains(t, fmt.Sprint(err), "HTTP 404", "analytics_url")
}

func TestUnknownPerson_CancelledHealthCheckIsACancellation(t *testing.T) {
	ctx, cancel := withTimeout(t, time.Minute)
	defer cancel()
	_, client := scripted(t, func(_ int, r *http.Request) reply {
		if strings.HasSuffix(r.URL.Path, "/monitoring/health") {
			cancel()
			return reply{err: r.Context().Err()}
		}
		return answered(404, `{"type":"UserNotFound"}`)
	})
	_, err := client.DeleteUserData(ctx, alice)
	equal(t, "cancelled", coveo.IsCanceled(err), true)
}
