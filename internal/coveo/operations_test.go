// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func TestOperations_SendTheDocumentedRequest(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			s, client := scripted(t, always(op.status, op.body), func(c *coveo.Config) { c.UserAgent = "terraform-provider-coveo/1.2.3" })
			if err := op.call(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			requests := s.requests()
			equal(t, "requests", len(requests), 1)
			r := requests[0]
			equal(t, "request", r.method+" "+r.url, op.method+" https://platform.example.com"+op.path)
			equal(t, "Authorization", r.header.Values("Authorization"), []string{"Bearer " + token})
			equal(t, "Accept", r.header.Get("Accept"), "application/json")
			equal(t, "User-Agent", r.header.Get("User-Agent"), "terraform-provider-coveo/1.2.3")
			wantsBody := op.method == http.MethodPost || op.kind == simulator.UpdateAPIKey || op.kind == simulator.UpdateGroup || op.kind == simulator.UpdateExportSchedule
			equal(t, "has a body", r.body != "", wantsBody)
			equal(t, "Content-Type", r.header.Get("Content-Type"), map[bool]string{true: "application/json"}[wantsBody])
			if wantsBody && !json.Valid([]byte(r.body)) {
				t.Errorf("the body is no JSON: %s", r.body)
			}
		})
	}
}

func TestOperations_AnalyticsCallsGoToTheirOwnBase(t *testing.T) {
	for _, base := range []string{"https://analytics-eu.cloud.coveo.com/rest/ua", "https://analytics-eu.cloud.coveo.com/rest/ua/", "https://analytics-eu.cloud.coveo.com/rest/ua//"} {
		s, client := scripted(t, always(202, "{}"), func(c *coveo.Config) { c.AnalyticsURL = base })
		if _, err := client.DeleteUserData(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		equal(t, "URL", s.requests()[0].url, "https://analytics-eu.cloud.coveo.com/rest/ua/v15/users/a/alldata?org="+organization)
	}
}

func TestOperations_OrganizationIsEncodedOnce(t *testing.T) {
	s, client := scripted(t, always(200, `{"userId":"a"}`), func(c *coveo.Config) { c.OrganizationID = "a/b&c" })
	if _, err := client.Organization(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UserOverview(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	equal(t, "platform", s.requests()[0].url, "https://platform.example.com/rest/organizations/a%2Fb&c")
	equal(t, "analytics", s.requests()[1].url, "https://platform.example.com/rest/ua/v15/users/a/overview?org=a%2Fb%26c")
}

// keyReadings are the ways in which the documents leave the answers about keys open.
func keyReadings() map[string]simulator.Readings {
	return map[string]simulator.Readings{
		"likeliest":       {},
		"RFC 3339 dates":  {RFC3339Dates: true},
		"nulls":           {ExplicitNulls: true},
		"creator as text": {CreatedByString: true},
		"mask of 2017":    {MaskedValueForm: simulator.Masked2017},
		"null types":      {TypelessPrivilege: simulator.TypelessNull},
		"empty types":     {TypelessPrivilege: simulator.TypelessEmpty},
		"ENABLE":          {TypelessPrivilege: simulator.TypelessEnable},
		"unknown enums":   {UnknownEnums: true},
		"reordered":       {ReorderLists: true},
		"omitted stays":   {PutKeepsOmitted: true},
	}
}

func TestAPIKeys_WholeLifeUnderEveryReading(t *testing.T) {
	for name, readings := range keyReadings() {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			server, client := simulated(t, simulator.Options{Now: func() time.Time { return now }, Readings: readings})
			ctx := t.Context()
			wanted := []coveo.Privilege{coveo.DeleteUserAnalytics(), {Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: "VIEW", TargetID: "*"}}
			created, err := client.CreateAPIKey(ctx, coveo.NewAPIKey{
				DisplayName: "dsr", Description: "d", Enabled: true, Privileges: wanted, AllowedIPs: []string{"203.0.113.0/24"}, Lifetime: "P90D",
			})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "full value", created.HasFullValue(), true)
			made, _ := server.Key(created.ID)
			equal(t, "value", created.Value, made.Value)

			read, err := client.GetAPIKey(ctx, created.ID)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "ID", read.ID, created.ID)
			equal(t, "masked", read.HasFullValue(), false)
			equal(t, "enabled", read.IsEnabled(), true)
			equal(t, "created", read.CreatedDate.Time, now)
			equal(t, "expires", read.ExpirationDate.Time, now.AddDate(0, 0, 90))
			equal(t, "never used", read.LastUsedDate.IsZero(), true)
			equal(t, "created by", read.CreatedBy.Username, "admin@example.com-google")
			equal(t, "allowed", read.AllowedIPs, []string{"203.0.113.0/24"})
			equal(t, "denied", len(read.DeniedIPs), 0)
			equal(t, "privileges", len(read.Privileges), 2)
			for _, p := range read.Privileges {
				if p.Type == "ENABLE" {
					p.Type = ""
				}
				equal(t, fmt.Sprintf("%v was asked for", p), slices.Contains(wanted, p), true)
			}

			update := coveo.UpdateOf(read)
			update.DisplayName, update.AllowedIPs = "renamed", nil
			for what, err := range map[string]error{
				"update": client.UpdateAPIKey(ctx, created.ID, update), "disable": client.DisableAPIKey(ctx, created.ID),
			} {
				if err != nil {
					t.Fatal(what, err)
				}
			}
			list, err := client.ListAPIKeys(ctx)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			equal(t, "name", list[0].DisplayName, "renamed")
			equal(t, "description", list[0].Description, "d")
			equal(t, "allowed after clearing", len(list[0].AllowedIPs), 0)
			equal(t, "enabled after disabling", list[0].IsEnabled(), false)
			if err := client.ActivateAPIKey(ctx, created.ID); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				// The second finds nothing, which is what was wanted.
				if err := client.DeleteAPIKey(ctx, created.ID); err != nil {
					t.Fatal(err)
				}
			}
			_, err = client.GetAPIKey(ctx, created.ID)
			equal(t, "gone", coveo.IsNotFound(err), true)
		})
	}
}

func TestAPIKeys_MissingKeyStatuses(t *testing.T) {
	for status, notFound := range map[int]bool{404: true, 410: true, 403: false} {
		_, client := simulated(t, simulator.Options{Readings: simulator.Readings{MissingKeyStatus: status}})
		_, err := client.GetAPIKey(t.Context(), "nosuchkey")
		equal(t, fmt.Sprint("not found with ", status), coveo.IsNotFound(err), notFound)
		equal(t, fmt.Sprint("refused with ", status), coveo.IsRefused(err), !notFound)
	}
}

func TestAPIKeys_IDsThatAreNoSegmentAreNotSent(t *testing.T) {
	s, client := scripted(t, always(204, ""))
	for _, id := range []string{"", ".", ".."} {
		if err := client.DeleteAPIKey(t.Context(), id); err == nil {
			t.Errorf("%q was sent", id)
		}
	}
	equal(t, "requests", len(s.requests()), 0)
	if err := client.DeleteAPIKey(t.Context(), "../k?x#y"); err != nil {
		t.Fatal(err)
	}
	contains(t, s.requests()[0].url, "/apikeys/..%2Fk%3Fx%23y")
}

func TestAPIKeys_UpdateCarriesEverythingAndNoNulls(t *testing.T) {
	var key coveo.APIKey
	if err := json.Unmarshal([]byte(`{"displayName":"n","description":null,"allowedIps":null,"deniedIps":["203.0.113.9"],
		"additionalConfiguration":{"commerce":{"catalogId":"c"}},"apiKeysThatCanEdit":null,"groupsThatCanEdit":[{"id":"g"}]}`), &key); err != nil {
		t.Fatal(err)
	}
	s, client := scripted(t, always(204, ""))
	if err := client.UpdateAPIKey(t.Context(), "k", coveo.UpdateOf(&key)); err != nil {
		t.Fatal(err)
	}
	equal(t, "body", s.requests()[0].body, `{"displayName":"n","description":"","allowedIps":[],"deniedIps":["203.0.113.9"],`+
		`"additionalConfiguration":{"commerce":{"catalogId":"c"}},"groupsThatCanEdit":[{"id":"g"}]}`)
}

func TestAPIKeys_CreationCarriesEmptyListsAndNoNulls(t *testing.T) {
	s, client := scripted(t, always(201, keyBody))
	if _, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{DisplayName: "n"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "body", s.requests()[0].body, `{"displayName":"n","description":"","enabled":false,"privileges":[],"allowedIps":[],"deniedIps":[]}`)
}

func TestAPIKey_IsEnabledReadsTheSwitchOrElseTheStatus(t *testing.T) {
	for body, want := range map[string]bool{
		`{"enabled":true,"status":"DISABLED"}`:    true,
		`{"enabled":false,"status":"ENABLED"}`:    false,
		`{"enabled":null,"status":"ENABLED"}`:     true,
		`{"status":"DISABLED_FOR_INACTIVITY"}`:    false,
		`{"status":"EXPIRED"}`:                    false,
		`{"status":"SOON_TO_BE_EXPIRED"}`:         true,
		`{"status":"SOMETHING_NEW"}`:              true,
		`{"enabled":false,"status":"SOMETHING"}`:  false,
		`{"status":null,"privacyLevel":"OPAQUE"}`: true,
	} {
		var key coveo.APIKey
		if err := json.Unmarshal([]byte(body), &key); err != nil {
			t.Fatal(err)
		}
		equal(t, body, key.IsEnabled(), want)
	}
}

func TestPrivileges_EvaluationUnderBothFormsOfTheReport(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{"object": {}, "text": {EvaluationReportString: true}} {
		t.Run(name, func(t *testing.T) {
			server, _ := simulated(t, simulator.Options{Readings: readings})
			server.AddToken("eraser", simulator.ErasurePrivilege())
			client := newClient(t, server.URL, func(c *coveo.Config) { c.Token = "eraser" })
			for wanted, approved := range map[coveo.Privilege]bool{coveo.DeleteUserAnalytics(): true, coveo.AdministrateAnalytics(): false} {
				got, err := client.EvaluatePrivilege(t.Context(), wanted)
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "approved", got.Approved, approved)
				equal(t, "codes", got.Codes, []string{map[bool]string{true: "OPERATION_GRANTED", false: "OPERATION_NOT_ALLOWED"}[approved]})
			}
		})
	}
	for body, want := range map[string]string{
		`{"approved":true}`: "{true []}", `{"approved":true,"evaluationReport":null}`: "{true []}", `{"approved":false,"evaluationReport":7}`: "{false []}",
		`{"approved":false,"evaluationReport":{"other":1}}`: "{false []}", `{"approved":false,"evaluationReport":""}`: "{false []}",
		`{"approved":false,"evaluationReport":["A","B"]}`:                                                 "{false [A B]}",
		`{"approved":false,"evaluationReport":{"privilegeEvaluationResultCodes":["A",null,7,"NEW_ONE"]}}`: "{false [A NEW_ONE]}",
		`{"approved":false,"evaluationReport":{"privilegeEvaluationResultCodes":"A"}}`:                    "{false [A]}",
		`{"approved":false,"evaluationReport":{"privilegeEvaluationResultCodes":null}}`:                   "{false []}",
	} {
		_, client := scripted(t, always(200, body))
		got, err := client.EvaluatePrivilege(t.Context(), coveo.DeleteUserAnalytics())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, body, got, want)
	}
	// Neither of these says yes or no.
	for _, body := range []string{`{}`, `{"approved":null,"evaluationReport":{"privilegeEvaluationResultCodes":["OPERATION_GRANTED"]}}`} {
		_, client := scripted(t, always(200, body))
		if got, err := client.EvaluatePrivilege(t.Context(), coveo.DeleteUserAnalytics()); err == nil {
			t.Errorf("%s was read as %v", body, got)
		}
	}
}

func TestPrivileges_ListingsAndTheirLevels(t *testing.T) {
	for _, form := range []string{simulator.TypelessAbsent, simulator.TypelessNull, simulator.TypelessEmpty, simulator.TypelessEnable} {
		_, client := simulated(t, simulator.Options{Readings: simulator.Readings{TypelessPrivilege: form, ReorderLists: true}})
		all, err := client.ListPrivileges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		keys, err := client.ListAPIKeyPrivileges(t.Context(), coveo.CustomKey)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "keys may hold less", len(keys) < len(all) && len(keys) > 0, true)
		equal(t, "a level", slices.ContainsFunc(all, func(p coveo.GlobalPrivilege) bool {
			return p.TargetDomain == "EXPORTS" && p.Type == "VIEW" && p.Level == "GLOBAL"
		}), true)
	}
}

func TestAccess_KeysUnderEverySpelling(t *testing.T) {
	server, client := simulated(t, simulator.Options{})
	eraser := server.AddKey(simulator.KeySpec{DisplayName: "eraser", Privileges: []simulator.Privilege{simulator.ErasurePrivilege()}})
	server.AddKey(simulator.KeySpec{DisplayName: "other"})
	got, err := client.ListAPIKeyAccess(t.Context(), "USAGE_ANALYTICS", "DELETE_USER_ANALYTICS_DATA")
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	equal(t, "holder", got[0].ID+" "+got[0].DisplayName+" "+got[0].AccessLevel, eraser.ID+" eraser EDIT_ALL")
}

func FuzzEvaluationReport(f *testing.F) {
	for _, seed := range []string{`"A"`, `null`, `{"privilegeEvaluationResultCodes":["A"]}`, `[["A"]]`, `{`, `7`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, report string) {
		if !json.Valid([]byte(report)) {
			return
		}
		_, client := scripted(t, always(200, `{"approved":false,"evaluationReport":`+report+`}`))
		got, err := client.EvaluatePrivilege(t.Context(), coveo.DeleteUserAnalytics())
		if err != nil || got.Approved || slices.Contains(got.Codes, "") {
			t.Errorf("%s was read as %v, %v", report, got, err)
		}
	})
}

func TestPrivileges_MineUnderEverySpelling(t *testing.T) {
	for _, form := range []string{simulator.TypelessAbsent, simulator.TypelessNull, simulator.TypelessEmpty, simulator.TypelessEnable} {
		server, _ := simulated(t, simulator.Options{Readings: simulator.Readings{TypelessPrivilege: form}})
		server.AddToken("eraser", simulator.ErasurePrivilege())
		mine, err := newClient(t, server.URL, func(c *coveo.Config) { c.Token = "eraser" }).MyPrivileges(t.Context())
		if err != nil || len(mine) != 1 {
			t.Fatal(mine, err)
		}
		mine[0].Type = strings.TrimPrefix(mine[0].Type, "ENABLE")
		equal(t, form, mine[0].Privilege, coveo.DeleteUserAnalytics())
	}
}

func TestOrganization_UnderBothFormsOfDates(t *testing.T) {
	for _, rfc3339 := range []bool{false, true} {
		server, client := simulated(t, simulator.Options{ReadOnly: true, Readings: simulator.Readings{RFC3339Dates: rfc3339, UnknownEnums: true}})
		got, err := client.Organization(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "ID", got.ID, server.ID())
		equal(t, "created", got.CreatedDate.Time, time.Date(2024, time.March, 4, 9, 30, 0, 0, time.UTC))
		status, err := client.OrganizationStatus(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "read-only", status.ReadOnly != nil && *status.ReadOnly, true)
		equal(t, "life cycle", status.LifeCycleState, "HIBERNATING")
	}
}

func TestOrganization_WhereItLives(t *testing.T) {
	server, client := simulated(t, simulator.Options{Placement: simulator.Placement{Region: "eu-west-1", Satellites: []string{"us-east-1"}, HIPAA: true}})
	got, err := client.OrganizationPlacement(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "placement", got, coveo.OrganizationPlacement{
		PrimaryMainRegion: "eu-west-1", MainRegions: []string{"eu-west-1"}, SatelliteRegions: []string{"us-east-1"},
		DistributedDNS: "acmeprod1a2b3c.orghipaa.coveo.com", AdminDNS: "acmeprod1a2b3c.admin.orghipaa.coveo.com",
		AnalyticsDNS: "acmeprod1a2b3c.analytics.orghipaa.coveo.com",
	})
	server.AddToken("powerless")
	_, err = newClient(t, server.URL, func(c *coveo.Config) { c.Token = "powerless" }).OrganizationPlacement(t.Context())
	var refused *coveo.Error
	equal(t, "refused", coveo.IsRefused(err), true)
	equal(t, "needs", errors.As(err, &refused) && refused.Needs != nil && refused.Needs.TargetDomain == "ORGANIZATION", true)
}

func TestOverview_UnderEveryReading(t *testing.T) {
	for name, readings := range map[string]simulator.Readings{
		"zeros": {}, "404": {UnknownUserNotFound: true}, "empty map": {UnknownUserEmptyStats: true},
		"nulls": {ExplicitNulls: true}, "other keys": {EventPrefix: "nb_"},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := simulated(t, simulator.Options{Readings: readings})
			server.Log(alice, simulator.Search, 9)
			server.Log(alice, simulator.View, 2)
			known, err := client.UserOverview(t.Context(), alice)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "known", fmt.Sprint(known.Found, known.Total, known.Stats[readings.EventPrefix+"search"]), "true 11 9")
			unknown, err := client.UserOverview(t.Context(), "nobody")
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "unknown", fmt.Sprint(unknown.Found, unknown.Total), "false 0")
			if unknown.Stats == nil {
				t.Error("the stats of an unknown person are nil")
			}
		})
	}
}

func TestErasure_UnderEveryReading(t *testing.T) {
	for name, test := range map[string]struct {
		readings simulator.Readings
		want     string // whether the identifier was known: of somebody, again, of nobody
	}{
		"always accepted": {simulator.Readings{}, "true true true"},
		"unknown is 404":  {simulator.Readings{UnknownUserDeletionNotFound: true}, "true true false"},
		"repeated is 404": {simulator.Readings{RepeatedDeletionNotFound: true}, "true false true"},
		"nulls":           {simulator.Readings{ExplicitNulls: true}, "true true true"},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := simulated(t, simulator.Options{Readings: test.readings})
			server.Log(alice, simulator.Search, 9)
			var got []string
			for _, id := range []string{alice, alice, "nobody"} {
				acceptance, err := client.DeleteUserData(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprint(acceptance.Known))
			}
			equal(t, "known", strings.Join(got, " "), test.want)
			equal(t, "events left", len(server.Events(alice)), 0)
		})
	}
}

func TestClient_ManyGoroutinesShareOne(t *testing.T) {
	server, client := simulated(t, simulator.Options{Readings: simulator.Readings{UnknownUserNotFound: true}}, func(c *coveo.Config) { c.MaxRetries = 20 })
	server.Inject(simulator.Fault{Every: 7, Status: 429})
	var wg sync.WaitGroup
	for n := range 24 {
		wg.Go(func() {
			for _, id := range []string{fmt.Sprint("person", n), alice} {
				if _, err := client.UserOverview(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
			if _, err := client.DeleteUserData(t.Context(), fmt.Sprint("person", n)); err != nil {
				t.Error(err)
			}
			if _, err := client.ListAPIKeys(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	equal(t, "erasures", server.TotalDeletions(), 24)
}
