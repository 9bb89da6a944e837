// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

// environment is that of a run against an embedded organization.
func environment(server *simulator.Server, more map[string]string) func(string) string {
	env := map[string]string{
		"COVEO_LIVE": "1", "COVEO_ORGANIZATION_ID": server.ID(), "COVEO_ACCESS_TOKEN": simulator.AdminToken, "COVEO_PLATFORM_URL": server.URL,
	}
	maps.Copy(env, more)
	return func(name string) string { return env[name] }
}

// observe runs testlive and returns its cells by point.
func observe(t *testing.T, server *simulator.Server, more map[string]string, arguments ...string) (map[string]string, int, string) {
	t.Helper()
	var output, progress bytes.Buffer
	code := run(t.Context(), append([]string{"-interval", "5ms"}, arguments...), environment(server, more), &output, &progress)
	for _, secret := range []string{simulator.AdminToken, "Bearer"} {
		if strings.Contains(output.String()+progress.String(), secret) {
			t.Errorf("%q was printed", secret)
		}
	}
	if keys := server.Keys(); len(keys) != 0 {
		t.Errorf("%d keys were left behind", len(keys))
	}
	cells := map[string]string{}
	for line := range strings.Lines(output.String()) {
		if parts := strings.Split(strings.TrimSpace(line), " | "); len(parts) == 3 {
			cells[strings.TrimPrefix(parts[0], "| ")] = parts[1]
		}
	}
	return cells, code, output.String() + progress.String()
}

func TestRun_FillsTheTable(t *testing.T) {
	for name, test := range map[string]struct {
		readings simulator.Readings
		want     map[string]string
	}{
		"likeliest readings": {simulator.Readings{}, map[string]string{
			"overview of an unknown person":                            "HTTP 200, stats click=0, custom=0, search=0",
			"deletion of an unknown person":                            "HTTP 202",
			"repeated deletion":                                        "HTTP 202",
			"deletion of a person with events":                         "HTTP 202, person known: true",
			"overview right after a deletion":                          "0 of 1 events",
			"keys of an overview's stats":                              "click=0, custom=1, search=0",
			"answer to a bad token":                                    "HTTP 401 InvalidToken",
			"may a key manage keys":                                    "false, by the list",
			"levels of the exports privilege":                          "CREATE, EDIT, VIEW",
			"status of a missing key":                                  "HTTP 404",
			"form of a date":                                           "createdDate number of 13 digits, expirationDate number of 13 digits",
			"spelling of a privilege without levels, in privileges/me": "type absent",
			"spelling of a privilege without levels, in a key":         "type absent",
			"omitted fields in a PUT":                                  "HTTP 204, an omitted field is cleared",
			"additional configuration of a key":                        "HTTP 204, pinned identity read back: true, unknown field kept: true",
			"templates of keys":                                        "HTTP 200, 2 templates, one of them may erase: false",
			"masked form of a value":                                   "`xx*****xxxx`",
			"creating a key":                                           `HTTP 201, value complete: true, enabled: false, status "DISABLED"`,
			"deletion of a key":                                        "HTTP 204",
			"lifetime of a key in hours":                               "HTTP 201, ends after 1h0m0s",
			"createdBy":                                                "object",
			"host of the usage analytics read API":                     "127.0.0.1: health HTTP 200, overview HTTP 200",
			"privilege evaluation":                                     "approved=true [OPERATION_GRANTED] (report: object)",
			"a new key when read":                                      "there at read 1",
			"logging an event":                                         "HTTP 200",
			"a privilege without levels in the listing of access":      "level EDIT_ALL (1 keys named)",
			"the same for groups":                                      "[EDIT_ALL:",
			"where the organization lives":                             "main region us-east-1, host names end in org.coveo.com, org.coveo.com, org.coveo.com",
			"token that this ran with":                                 "an API key, or looks like one",
			"dimension that holds user IDs":                            "User Id is `",
			"rows that one export holds":                               "1000000",
			"a filter on a dimension that does not exist":              "HTTP 4",
			"making an export":                                         "HTTP 201, status ",
			"time until an export is made":                             "AVAILABLE",
			"download of an export":                                    "a ZIP",
			"removing an export":                                       "HTTP 204",
			"status of a missing export":                               "HTTP 404",
		}},
		"the other readings": {simulator.Readings{
			UnknownUserNotFound: true, RepeatedDeletionNotFound: true, UnknownUserDeletionNotFound: true, RFC3339Dates: true,
			TypelessPrivilege: simulator.TypelessEnable, MissingKeyStatus: 410, MaskedValueForm: simulator.Masked2017, PutKeepsOmitted: true,
			KeysMayManageKeys: true, InvalidTokenStatus: 400, WholeDayLifetimes: true, CreatedByString: true, EvaluationReportString: true, EventPrefix: "count.", TypelessAccess: "NONE",
			IgnoreUnknownDimensions: true, UserDimension: simulator.UserNameDimension, MissingExportStatus: 410, WholeDays: true,
		}, map[string]string{
			"dimension that holds user IDs":                            "User Name is `",
			"a filter on a dimension that does not exist":              "the filter is ignored or matches nothing",
			"status of a missing export":                               "HTTP 410",
			"overview of an unknown person":                            "HTTP 404",
			"deletion of an unknown person":                            "HTTP 404",
			"repeated deletion":                                        "HTTP 404",
			"keys of an overview's stats":                              "count.click=0, count.custom=1, count.search=0",
			"answer to a bad token":                                    "HTTP 400 InvalidToken",
			"may a key manage keys":                                    "true, by the list",
			"status of a missing key":                                  "HTTP 410",
			"lifetime of a key in hours":                               "HTTP 412",
			"form of a date":                                           "createdDate text (RFC 3339), expirationDate text (RFC 3339)",
			"spelling of a privilege without levels, in privileges/me": `type "ENABLE", level`,
			"omitted fields in a PUT":                                  "an omitted field is kept",
			"masked form of a value":                                   "`**********-****-****-****-********xxxx`",
			"createdBy":                                                "bare text",
			"a privilege without levels in the listing of access":      "its holder is not named",
			"privilege evaluation":                                     "(report: bare text)",
		}},
		"nulls": {simulator.Readings{
			ExplicitNulls: true, TypelessPrivilege: simulator.TypelessNull, UnknownUserEmptyStats: true, MissingKeyStatus: 403, ReorderLists: true,
		}, map[string]string{
			"overview of an unknown person":                            "HTTP 200, stats empty",
			"spelling of a privilege without levels, in privileges/me": "type null",
			"spelling of a privilege without levels, in a key":         "type null",
			"status of a missing key":                                  "HTTP 403",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			server := simulator.Start(t, simulator.Options{Readings: test.readings})
			cells, code, all := observe(t, server, nil)
			if code != 0 {
				t.Fatalf("exit code %d:\n%s", code, all)
			}
			for point, want := range test.want {
				found := false
				for got, observed := range cells {
					if strings.HasPrefix(got, point) {
						found = true
						if !strings.Contains(observed, want) {
							t.Errorf("%s: got %q, want %q", point, observed, want)
						}
					}
				}
				if !found {
					t.Errorf("no row for %s in\n%s", point, all)
				}
			}
		})
	}
}

func TestRun_TwoTokens(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	const manager, eraser = "manager-token", "eraser-token"
	server.AddToken(manager,
		simulator.Privilege{Owner: "PLATFORM", TargetDomain: "API_KEY", Type: "VIEW", TargetID: "*"},
		simulator.Privilege{Owner: "PLATFORM", TargetDomain: "API_KEY", Type: "EDIT", TargetID: "*"},
		simulator.Privilege{Owner: "PLATFORM", TargetDomain: "API_KEY", Type: "CREATE", TargetID: "*"},
		simulator.Privilege{Owner: "PLATFORM", TargetDomain: "ORGANIZATION", Type: "VIEW", TargetID: "*"},
		simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "ADMINISTRATE", TargetID: "*"})
	server.AddToken(eraser,
		simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "ADMINISTRATE", TargetID: "*"},
		simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "DELETE_USER_ANALYTICS_DATA", TargetID: "*"},
		simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "ANALYTICS_DATA", Type: "EDIT", TargetID: "*"})
	_, code, all := observe(t, server, map[string]string{"COVEO_ACCESS_TOKEN": manager, "COVEO_TESTLIVE_DSR_TOKEN": eraser})
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, all)
	}
	if strings.Contains(all, manager) || strings.Contains(all, eraser) {
		t.Errorf("a token was printed:\n%s", all)
	}
}

func TestRun_CleansUpAfterAFailure(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	server.Inject(simulator.Fault{Operation: simulator.ListAPIKeys, Status: 500})
	server.Inject(simulator.Fault{Operation: simulator.UserOverview, Skip: 4, Times: 1, Status: 500})
	_, code, all := observe(t, server, nil)
	if code != 1 {
		t.Errorf("exit code %d:\n%s", code, all)
	}
	if server.Deletions(visitorOf(server)) != 1 {
		t.Errorf("the visitor was not erased:\n%s", all)
	}
}

// visitorOf finds whom the event was logged for: the only one erased whose overview was asked for before.
func visitorOf(server *simulator.Server) string {
	asked := map[string]bool{}
	for _, request := range server.Requests() {
		switch {
		case request.Operation == simulator.UserOverview:
			asked[request.UserID] = true
		case request.Operation == simulator.DeleteUserData && asked[request.UserID]:
			return request.UserID
		}
	}
	return ""
}

func TestRun_GivesUpWaiting(t *testing.T) {
	server := simulator.Start(t, simulator.Options{IgnoreContract: true})
	server.Inject(simulator.Fault{Operation: simulator.UserOverview, Body: `{"stats":{}}`})
	cells, code, all := observe(t, server, nil, "-wait", "20ms")
	if code != 0 || cells["time until an event can be seen"] != "longer than 20ms" {
		t.Errorf("exit code %d:\n%s", code, all)
	}
}

func TestRun_RefusesUnlessTold(t *testing.T) {
	server := simulator.Start(t, simulator.Options{})
	for _, missing := range []string{"COVEO_LIVE", "COVEO_ORGANIZATION_ID", "COVEO_ACCESS_TOKEN"} {
		var output, progress bytes.Buffer
		code := run(context.Background(), nil, environment(server, map[string]string{missing: ""}), &output, &progress)
		if code != exitRefused || !strings.Contains(progress.String(), "COVEO_LIVE=1") || output.Len() > 0 {
			t.Errorf("without %s: exit code %d\n%s", missing, code, progress.String())
		}
	}
	if server.TotalCalls() != 0 {
		t.Error("something was called")
	}
}

func TestOtherAnalyticsURL(t *testing.T) {
	for want, from := range map[string][2]string{
		"https://analytics.cloud.coveo.com/rest/ua":      {"", ""},
		"https://analytics-eu.cloud.coveo.com/rest/ua":   {"eu", "production"},
		"https://analyticshipaa.cloud.coveo.com/rest/ua": {"eu", "hipaa"},
	} {
		s, err := parse(nil, func(name string) string {
			return map[string]string{"COVEO_LIVE": "1", "COVEO_ORGANIZATION_ID": "o", "COVEO_ACCESS_TOKEN": "t", "COVEO_REGION": from[0], "COVEO_ENVIRONMENT": from[1]}[name]
		}, &bytes.Buffer{})
		if err != nil || s.otherAnalytics != want {
			t.Errorf("got %q, %v; want %q", s.otherAnalytics, err, want)
		}
	}
}
