// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

const wholeConfiguration = `{"search":{"apiKeyQueryAuthentication":[{"name":"svc","provider":"Email Security Provider","type":"User"}],` +
	`"enforcedQueryPipelineConfiguration":{"searchHub":"hub"},"impersonationRestrictions":{"allowedUserIds":[{"name":"a"}]}},` +
	`"commerce":{"catalogId":"c"},"analytics":{"event":{"userId":"u","userDisplayName":"U"}}}`

func configurationOf(raw string) coveo.KeyConfiguration {
	return (&coveo.APIKey{AdditionalConfiguration: json.RawMessage(raw)}).Configuration()
}

func TestKeyConfiguration_IsReadInEveryForm(t *testing.T) {
	for raw, want := range map[string]string{
		wholeConfiguration: "{[{svc Email Security Provider User}] hub [{a  }] u U}",
		``:                 "{[]  []  }", `null`: "{[]  []  }", `{}`: "{[]  []  }", `[]`: "{[]  []  }", `"x"`: "{[]  []  }",
		`{"search":null,"analytics":null}`: "{[]  []  }",
		`{"search":{"impersonationRestriction":{"allowedUserIds":[{"name":"a","type":"Group"}]}}}`:     "{[]  [{a  Group}]  }",
		`{"search":{"impersonationRestrictions":null,"enforcedQueryPipelineConfiguration":"other"}}`:   "{[]  []  }",
		`{"search":{"apiKeyQueryAuthentication":"odd"},"analytics":{"event":{"userId":7,"other":{}}}}`: "{[]  []  }",
	} {
		equal(t, raw, configurationOf(raw), want)
	}
}

func TestKeyConfiguration_OntoKeepsWhatIsNotKnown(t *testing.T) {
	pinned := coveo.KeyConfiguration{EventUserID: "p"}
	for name, tc := range map[string]struct {
		answered string
		wanted   coveo.KeyConfiguration
		want     string // as Go sorts the fields
	}{
		"onto nothing":                {``, pinned, `{"analytics":{"event":{"userId":"p"}}}`},
		"onto null":                   {`null`, pinned, `{"analytics":{"event":{"userId":"p"}}}`},
		"nothing onto nothing":        {``, coveo.KeyConfiguration{}, `{}`},
		"nothing onto empty objects":  {`{"search":{},"analytics":{"event":{}}}`, coveo.KeyConfiguration{}, `{"analytics":{"event":{}},"search":{}}`},
		"commerce and unknown fields": {`{"commerce":{"catalogId":"c"},"later":[1],"analytics":{"x":1,"event":{"userId":"u","y":2}}}`, pinned, `{"analytics":{"event":{"userId":"p","y":2},"x":1},"commerce":{"catalogId":"c"},"later":[1]}`},
		"all of it goes":              {wholeConfiguration, coveo.KeyConfiguration{}, `{"commerce":{"catalogId":"c"}}`},
		"all of it stays":             {wholeConfiguration, configurationOf(wholeConfiguration), wholeConfiguration},
		"the other spelling stays":    {`{"search":{"impersonationRestriction":{"allowedUserIds":[{"name":"a","z":1}]}}}`, coveo.KeyConfiguration{AllowedUserIDs: []coveo.KeyIdentity{{Name: "a"}}, SearchHub: "h"}, `{"search":{"enforcedQueryPipelineConfiguration":{"searchHub":"h"},"impersonationRestriction":{"allowedUserIds":[{"name":"a","z":1}]}}}`},
		"the other spelling changes":  {`{"search":{"impersonationRestriction":{"allowedUserIds":[{"name":"a"}]}}}`, coveo.KeyConfiguration{AllowedUserIDs: []coveo.KeyIdentity{{Name: "b"}}}, `{"search":{"impersonationRestriction":{"allowedUserIds":[{"name":"b"}]}}}`},
		"unknown parts of a form unknown": {
			`{"search":{"apiKeyQueryAuthentication":[{"name":"b"},{"name":"a","q":1}],"more":true}}`,
			coveo.KeyConfiguration{QueryAuthentication: []coveo.KeyIdentity{{Name: "a"}, {Name: "b"}}},
			`{"search":{"apiKeyQueryAuthentication":[{"name":"b"},{"name":"a","q":1}],"more":true}}`,
		},
	} {
		got, err := tc.wanted.Onto(json.RawMessage(tc.answered))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		equal(t, name, sorted(t, got), sorted(t, json.RawMessage(tc.want)))
		if !configurationOf(string(got)).Equal(tc.wanted) {
			t.Errorf("%s: what was put on is not read back from %s", name, got)
		}
	}
	for _, odd := range []string{
		`["odd"]`, `{"search":["odd"]}`, `{"analytics":"odd"}`, `{"analytics":{"event":7}}`, `{"search":{"enforcedQueryPipelineConfiguration":"odd"}}`,
		`{"search":{"impersonationRestriction":[]}}`,
	} {
		if got, err := pinned.Onto(json.RawMessage(odd)); err == nil {
			t.Errorf("%s was replaced by %s", odd, got)
		}
	}
}

func sorted(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func FuzzKeyConfiguration_Onto(f *testing.F) {
	f.Add(wholeConfiguration, "hub", "user")
	f.Add(`{"search":{"impersonationRestriction":{}}}`, "", "u")
	f.Fuzz(func(t *testing.T, answered, hub, user string) {
		if !json.Valid([]byte(answered)) {
			return
		}
		// What JSON cannot carry, a configuration cannot either.
		carried, _ := json.Marshal([]string{hub, user})
		var texts []string
		if json.Unmarshal(carried, &texts) != nil {
			return
		}
		wanted := coveo.KeyConfiguration{SearchHub: texts[0], EventUserID: texts[1]}
		got, err := wanted.Onto(json.RawMessage(answered))
		if err != nil {
			return
		}
		if read := configurationOf(string(got)); !read.Equal(wanted) {
			t.Errorf("%+v onto %s is read as %+v from %s", wanted, answered, read, got)
		}
	})
}

func TestEditors(t *testing.T) {
	for raw, want := range map[string]string{
		``: "[] true", `null`: "[] true", `"odd"`: "[] true", `[]`: "[] false",
		`[{"id":"a","displayName":"A"},"b",{"id":null},{"other":1}]`: "[{a A} {b }] false",
	} {
		key := coveo.APIKey{APIKeysThatCanEdit: json.RawMessage(raw), GroupsThatCanEdit: json.RawMessage(raw)}
		equal(t, raw, fmt.Sprint(key.KeyEditors(), key.GroupEditors() == nil), want)
	}
	got, err := coveo.EditorsOnto(json.RawMessage(`[{"id":"b","displayName":"B","more":1},{"id":"gone"}]`), []string{"b", "a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "editors", string(got), `[{"id":"a"},{"id":"b","displayName":"B","more":1}]`)
}

func TestAPIKeys_TemplatesAreReadAndUsed(t *testing.T) {
	for name, readings := range keyReadings() {
		t.Run(name, func(t *testing.T) {
			_, client := simulated(t, simulator.Options{Readings: readings})
			templates, err := client.ListAPIKeyTemplates(t.Context())
			if err != nil || len(templates) < 2 {
				t.Fatal(templates, err)
			}
			template, err := client.GetAPIKeyTemplate(t.Context(), "AuthenticatedSearch")
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "privileges", len(template.Privileges), 2)
			equal(t, "level", template.PrivacyLevel, "PRIVATE")
			eligible, err := client.APIKeyTemplateEligibility(t.Context())
			if err != nil || len(eligible) != len(templates) || eligible[0].CanGenerate == nil || !*eligible[0].CanGenerate {
				t.Fatal(eligible, err)
			}
			configuration, err := coveo.KeyConfiguration{EventUserID: "pseudonym"}.Onto(nil)
			if err != nil {
				t.Fatal(err)
			}
			editors, err := coveo.EditorsOnto(nil, []string{"g1"})
			if err != nil {
				t.Fatal(err)
			}
			made, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{
				TemplateID: "AuthenticatedSearch", DisplayName: "n", Enabled: true, Privileges: []coveo.Privilege{coveo.AdministrateAnalytics()},
				AdditionalConfiguration: configuration, GroupsThatCanEdit: editors,
			})
			if err != nil {
				t.Fatal(err)
			}
			key, err := client.GetAPIKey(t.Context(), made.ID)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "template", key.TemplateID, "AuthenticatedSearch")
			equal(t, "granted", len(key.Privileges), 2)
			equal(t, "pinned", key.Configuration().EventUserID, "pseudonym")
			equal(t, "editors", key.GroupEditors(), "[{g1 }]")
			if err := client.ExtendAPIKey(t.Context(), made.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := client.GetAPIKeyTemplate(t.Context(), "nosuch"); !coveo.IsNotFound(err) {
				t.Errorf("a template that does not exist: %v", err)
			}
			for _, id := range []string{"", ".", ".."} {
				if _, err := client.GetAPIKeyTemplate(t.Context(), id); err == nil {
					t.Errorf("the template %q was asked for", id)
				}
			}
		})
	}
}

// Coveo's words about a configuration may repeat whom it names.
func TestAPIKeys_NamesInAConfigurationAreNotRepeated(t *testing.T) {
	_, client := scripted(t, always(412, `{"errorCode":"INVALID_PARAMETER","message":"Bad user alice.smith@example.com-google."}`))
	configuration := json.RawMessage(`{"analytics":{"event":{"userId":"alice.smith@example.com-google"}}}`)
	_, err := client.CreateAPIKey(t.Context(), coveo.NewAPIKey{DisplayName: "n", AdditionalConfiguration: configuration})
	for _, err := range []error{err, client.UpdateAPIKey(t.Context(), "k1", coveo.APIKeyUpdate{AdditionalConfiguration: configuration})} {
		if err == nil {
			t.Fatal("no error")
		}
		if strings.Contains(err.Error(), "alice") {
			t.Errorf("a person is named: %v", err)
		}
		contains(t, err.Error(), "Bad user …")
	}
}
