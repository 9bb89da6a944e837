// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

func keyOf(t *testing.T, answer string) *coveo.APIKey {
	t.Helper()
	var key coveo.APIKey
	if err := json.Unmarshal([]byte(answer), &key); err != nil {
		t.Fatal(err)
	}
	return &key
}

func TestFactsOf(t *testing.T) {
	typeless := types.SetValueMust(privilegeset.Type(), []attr.Value{types.ObjectValueMust(privilegeset.Type().AttrTypes, map[string]attr.Value{
		"owner": types.StringValue("O"), "target_domain": types.StringValue("D"), "type": types.StringNull(), "target_id": types.StringValue("*"),
	})})
	for name, tc := range map[string]struct {
		answer string
		got    func(facts) attr.Value
		want   attr.Value
	}{
		"switch":                       {`{"enabled":false,"status":"ENABLED"}`, func(f facts) attr.Value { return f.enabled }, types.BoolValue(false)},
		"switch from the status":       {`{"status":"DISABLED_EXPOSED"}`, func(f facts) attr.Value { return f.enabled }, types.BoolValue(false)},
		"unknown status alone":         {`{"status":"PENDING_REVIEW"}`, func(f facts) attr.Value { return f.enabled }, types.BoolValue(true)},
		"type null":                    {`{"privileges":[{"owner":"O","targetDomain":"D","type":null,"targetId":"*"}]}`, func(f facts) attr.Value { return f.effectivePrivileges }, typeless},
		"type ENABLE, target left out": {`{"privileges":[{"owner":"O","targetDomain":"D","type":"ENABLE"}]}`, func(f facts) attr.Value { return f.effectivePrivileges }, typeless},
		"privilege twice":              {`{"privileges":[{"owner":"O","targetDomain":"D","type":"","targetId":"*"},{"owner":"O","targetDomain":"D"}]}`, func(f facts) attr.Value { return f.effectivePrivileges }, typeless},
		"privileges null":              {`{"privileges":null}`, func(f facts) attr.Value { return f.effectivePrivileges }, types.SetNull(privilegeset.Type())},
		"privileges none":              {`{"privileges":[]}`, func(f facts) attr.Value { return f.effectivePrivileges }, types.SetValueMust(privilegeset.Type(), []attr.Value{})},
		"addresses null":               {`{"allowedIps":null}`, func(f facts) attr.Value { return f.allowedIPs }, types.SetNull(types.StringType)},
		"addresses empty":              {`{"deniedIps":[]}`, func(f facts) attr.Value { return f.deniedIPs }, types.SetNull(types.StringType)},
		"epoch":                        {`{"createdDate":1772442000000}`, func(f facts) attr.Value { return f.createdDate }, types.StringValue("2026-03-02T09:00:00Z")},
		"RFC 3339":                     {`{"expirationDate":"2026-03-02T10:00:00.000+01:00"}`, func(f facts) attr.Value { return f.expirationDate }, types.StringValue("2026-03-02T09:00:00Z")},
		"no date":                      {`{"lastUsedDate":null}`, func(f facts) attr.Value { return f.lastUsedDate }, types.StringNull()},
		"creator a string":             {`{"createdBy":"who"}`, func(f facts) attr.Value { return f.createdBy }, types.StringValue("who")},
		"creator without a user name":  {`{"createdBy":{"displayName":"Who"}}`, func(f facts) attr.Value { return f.createdBy }, types.StringValue("Who")},
		"no report":                    {`{"exposureReport":null}`, func(f facts) attr.Value { return f.exposure }, types.StringNull()},
		"empty report":                 {`{"exposureReport":{}}`, func(f facts) attr.Value { return f.exposure }, types.StringNull()},
		"report":                       {`{"exposureReport":{"severity":"WARN"}}`, func(f facts) attr.Value { return f.exposure }, types.StringValue("WARN")},
		"template":                     {`{"apiKeyTemplateId":"AnonymousSearch"}`, func(f facts) attr.Value { return f.templateID }, types.StringValue("AnonymousSearch")},
		"template null":                {`{"apiKeyTemplateId":null}`, func(f facts) attr.Value { return f.templateID }, types.StringNull()},
		"disabled":                     {`{"disabledDate":1772442000000}`, func(f facts) attr.Value { return f.disabledDate }, types.StringValue("2026-03-02T09:00:00Z")},
		"editors":                      {`{"apiKeysThatCanEdit":[{"id":"b","displayName":"B"},{"id":"a"}]}`, func(f facts) attr.Value { return f.keyEditors }, textSet([]string{"a", "b"})},
		"group editors null":           {`{"groupsThatCanEdit":null}`, func(f facts) attr.Value { return f.groupEditors }, types.SetNull(types.StringType)},
		"configuration null":           {`{"additionalConfiguration":null}`, func(f facts) attr.Value { return f.configuration }, types.ObjectNull(configurationType().AttrTypes)},
		"configuration of others":      {`{"additionalConfiguration":{"commerce":{"catalogId":"c"},"search":{},"analytics":{"event":{}}}}`, func(f facts) attr.Value { return f.configuration }, types.ObjectNull(configurationType().AttrTypes)},
		"pinned identity": {`{"additionalConfiguration":{"analytics":{"event":{"userId":"u"}}}}`, func(f facts) attr.Value {
			return types.StringValue(configurationOf(f.configuration).EventUserID)
		}, types.StringValue("u")},
		"report without severity": {`{"exposureReport":{"deactivationDate":1772442000000}}`, func(f facts) attr.Value { return f.exposure }, types.StringValue("UNKNOWN")},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tc.got(factsOf(keyOf(t, tc.answer))); !got.Equal(tc.want) {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

func TestRefreshed(t *testing.T) {
	before := resourceModel{
		ID: types.StringValue("id"), DisplayName: types.StringValue("name"), Description: types.StringValue(""),
		Value: types.StringValue("xx-the-value"), Enabled: types.BoolValue(true),
		AllowedIPs: types.SetValueMust(types.StringType, []attr.Value{}), DeniedIPs: textSet([]string{"203.0.113.7"}),
		EffectivePrivileges: privilegeset.Of(privilege.Of(privilege.Overview)),
		CreatedDate:         types.StringValue("2026-03-02T09:00:00Z"), CreatedBy: types.StringValue("who"), PrivacyLevel: types.StringValue("PRIVATE"),
		LastUsedDate: types.StringValue("2026-03-02T09:00:00Z"),
	}
	t.Run("an answer that leaves out what it can", func(t *testing.T) {
		m := before
		m.refreshed(keyOf(t, `{"enabled":true,"value":"xx*****1b3e","deniedIps":["203.0.113.7/32"]}`))
		if m.DisplayName != before.DisplayName || m.Description != before.Description || m.Value != before.Value ||
			!m.AllowedIPs.Equal(before.AllowedIPs) || !m.DeniedIPs.Equal(before.DeniedIPs) ||
			!m.EffectivePrivileges.Equal(before.EffectivePrivileges) ||
			m.CreatedDate != before.CreatedDate || m.CreatedBy != before.CreatedBy || m.PrivacyLevel != before.PrivacyLevel {
			t.Errorf("the state became %+v", m)
		}
		if !m.LastUsedDate.IsNull() {
			t.Errorf("last_used_date = %s", m.LastUsedDate)
		}
	})
	t.Run("an answer that differs", func(t *testing.T) {
		m := before
		m.refreshed(keyOf(t, `{"id":"id","displayName":"other","description":"words","enabled":false,"value":"xxffffffff-ffff",
			"allowedIps":["203.0.113.0/24"],"deniedIps":null,"privileges":[],"status":"DISABLED"}`))
		if m.DisplayName.ValueString() != "other" || m.Description.ValueString() != "words" || m.Enabled.ValueBool() ||
			!m.AllowedIPs.Equal(textSet([]string{"203.0.113.0/24"})) || !m.DeniedIPs.IsNull() ||
			len(m.EffectivePrivileges.Elements()) != 0 || m.Status.ValueString() != "DISABLED" {
			t.Errorf("the state became %+v", m)
		}
		if m.Value != before.Value {
			t.Error("a read overwrote the value")
		}
	})
}

func TestImported(t *testing.T) {
	for name, tc := range map[string]struct {
		privileges string
		duties     []string
		listed     int
	}{
		"duties": {
			`[{"owner":"USAGE_ANALYTICS","targetDomain":"ADMINISTRATE","targetId":"*"},
			  {"owner":"USAGE_ANALYTICS","targetDomain":"DELETE_USER_ANALYTICS_DATA","type":"ENABLE","targetId":"*"}]`,
			[]string{"erasure", "overview"}, 0,
		},
		"part of a duty":   {`[{"owner":"USAGE_ANALYTICS","targetDomain":"EXPORTS","type":"VIEW","targetId":"*"}]`, nil, 1},
		"duties and more":  {`[{"owner":"USAGE_ANALYTICS","targetDomain":"ADMINISTRATE"},{"owner":"O","targetDomain":"D","targetId":"*"}]`, nil, 2},
		"nothing was told": {`null`, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := resourceModel{ID: types.StringValue("id"), EffectivePrivileges: types.SetNull(privilegeset.Type())}
			m.imported(keyOf(t, `{"displayName":"name","privileges":`+tc.privileges+`}`))
			if !m.Duties.Equal(textSet(tc.duties)) && len(tc.duties)+len(m.Duties.Elements()) > 0 || len(m.Privileges.Elements()) != tc.listed {
				t.Errorf("duties %s, privileges %s", m.Duties, m.Privileges)
			}
			if !m.Value.IsNull() {
				t.Error("an import made up a value")
			}
		})
	}
}

func TestSameAddresses(t *testing.T) {
	for _, tc := range []struct {
		a, b []string
		want bool
	}{
		{nil, []string{}, true},
		{[]string{"a", "b"}, []string{"b", "a", "a"}, true},
		{[]string{"203.0.113.7"}, []string{"203.0.113.7/32"}, true},
		{[]string{"2001:DB8:0::7"}, []string{"2001:db8::7/128"}, true},
		{[]string{"203.0.113.0/24"}, []string{"203.0.113.0/25"}, false},
		{[]string{"203.0.113.7"}, nil, false},
	} {
		if got := sameAddresses(tc.a, tc.b); got != tc.want {
			t.Errorf("sameAddresses(%q, %q) = %t", tc.a, tc.b, got)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for entry, right := range map[string]bool{
		"203.0.113.7": true, "2001:db8::7": true, "203.0.113.0/24": true, "2001:db8::/48": true, "203.0.113.7/32": true, "0.0.0.0/0": true,
		"": false, " 203.0.113.7": false, "203.0.113.7/": false, "/24": false, "203.0.113.7/24": false, "203.0.113.0/024": false,
		"example.com": false, "203.0.113.1-203.0.113.9": false, "fe80::1%eth0": false, "fe80::%eth0/64": false,
	} {
		if problem := checkAddress(entry); (problem == "") != right {
			t.Errorf("checkAddress(%q) = %q", entry, problem)
		}
	}
}

// Every attribute says what it is, however deep it is nested.
func TestSchemaIsDescribed(t *testing.T) {
	schema := resourceSchema(t.Context())
	if diags := schema.ValidateImplementation(t.Context()); diags.HasError() {
		t.Fatal(diags)
	}
	for name, attribute := range schema.Attributes {
		if attribute.GetMarkdownDescription() == "" {
			t.Errorf("%s has no description", name)
		}
	}
}

func TestConfigurationRoundTrip(t *testing.T) {
	for name, answer := range map[string]string{
		"all": `{"search":{"apiKeyQueryAuthentication":[{"name":"svc","provider":"p","type":"User"},{"name":"svc","provider":"p","type":"User"}],
			"enforcedQueryPipelineConfiguration":{"searchHub":"hub"},"impersonationRestriction":{"allowedUserIds":[{"name":"a"}]}},
			"analytics":{"event":{"userId":"u","userDisplayName":"U"}}}`,
		"a part": `{"search":{"enforcedQueryPipelineConfiguration":{"searchHub":"hub"}}}`,
		"none":   `{}`,
	} {
		key := &coveo.APIKey{AdditionalConfiguration: json.RawMessage(answer)}
		object := configurationObject(key.Configuration())
		if got := configurationOf(object); !got.Equal(key.Configuration()) {
			t.Errorf("%s: %+v became %+v by %s", name, key.Configuration(), got, object)
		}
	}
	if got := configurationOf(types.ObjectUnknown(configurationType().AttrTypes)); !got.Equal(coveo.KeyConfiguration{}) {
		t.Errorf("the unknown is read as %+v", got)
	}
}

// Coveo may fill in the provider and the type of an identity that was asked for by its name alone.
func TestRefreshed_IdentitiesThatCoveoFillsIn(t *testing.T) {
	written := coveo.KeyConfiguration{
		AllowedUserIDs:      []coveo.KeyIdentity{{Name: "a"}, {Name: "b", Provider: "P"}},
		QueryAuthentication: []coveo.KeyIdentity{{Name: "svc", Provider: "P", Type: "User"}},
	}
	for name, tc := range map[string]struct {
		allowed, query string
		stays          bool
	}{
		"as written":           {`{"name":"b","provider":"P"},{"name":"a"}`, `{"name":"svc","provider":"P","type":"User"}`, true},
		"filled in":            {`{"name":"b","provider":"P","type":"User"},{"name":"a","provider":"Email Security Provider","type":"User"}`, `{"name":"svc","provider":"P","type":"User"}`, true},
		"another provider":     {`{"name":"b","provider":"Q"},{"name":"a"}`, `{"name":"svc","provider":"P","type":"User"}`, false},
		"what was said is not": {`{"name":"b","provider":"P"},{"name":"a"}`, `{"name":"svc","provider":"P"}`, false},
		"one more":             {`{"name":"b","provider":"P"},{"name":"a"},{"name":"c"}`, `{"name":"svc","provider":"P","type":"User"}`, false},
		"one name twice":       {`{"name":"b","provider":"P"},{"name":"a","provider":"P"},{"name":"a","provider":"Q"}`, `{"name":"svc","provider":"P","type":"User"}`, false},
		"one less":             {`{"name":"a"}`, `{"name":"svc","provider":"P","type":"User"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			before := configurationObject(written)
			m := resourceModel{AdditionalConfiguration: before}
			m.refreshed(keyOf(t, `{"additionalConfiguration":{"search":{"apiKeyQueryAuthentication":[`+tc.query+`],
				"impersonationRestrictions":{"allowedUserIds":[`+tc.allowed+`]}}}}`))
			if got := m.AdditionalConfiguration.Equal(before); got != tc.stays {
				t.Errorf("the state stays: %v, want %v: %s", got, tc.stays, m.AdditionalConfiguration)
			}
		})
	}
}

// That nobody may edit a key is said when it is made: what Coveo takes from silence is not known.
func TestNewKey_SaysThatNobodyMayEdit(t *testing.T) {
	none := types.SetValueMust(types.StringType, []attr.Value{})
	for name, tc := range map[string]struct {
		editors types.Set
		want    string
	}{
		"none":     {none, "[]"},
		"one":      {textSet([]string{"g"}), `[{"id":"g"}]`},
		"not said": {types.SetUnknown(types.StringType), ""},
		"null":     {types.SetNull(types.StringType), ""},
	} {
		m := resourceModel{APIKeysThatCanEdit: tc.editors, GroupsThatCanEdit: tc.editors}
		key, err := m.newKey(nil)
		if err != nil || string(key.APIKeysThatCanEdit) != tc.want || string(key.GroupsThatCanEdit) != tc.want {
			t.Errorf("%s: %q and %q, want %q (%v)", name, key.APIKeysThatCanEdit, key.GroupsThatCanEdit, tc.want, err)
		}
	}
}
