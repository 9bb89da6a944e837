// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// resourceModel is coveo_api_key.
type resourceModel struct {
	DisplayName         types.String `tfsdk:"display_name"`
	Description         types.String `tfsdk:"description"`
	Enabled             types.Bool   `tfsdk:"enabled"`
	Duties              types.Set    `tfsdk:"duties"`
	Privileges          types.Set    `tfsdk:"privileges"`
	AllowedIPs          types.Set    `tfsdk:"allowed_ips"`
	DeniedIPs           types.Set    `tfsdk:"denied_ips"`
	Lifetime            types.String `tfsdk:"lifetime"`
	UnrestrictedErasure types.Bool   `tfsdk:"unrestricted_erasure"`

	ID                  types.String `tfsdk:"id"`
	Value               types.String `tfsdk:"value"`
	EffectivePrivileges types.Set    `tfsdk:"effective_privileges"`
	Status              types.String `tfsdk:"status"`
	ExpirationDate      types.String `tfsdk:"expiration_date"`
	CreatedDate         types.String `tfsdk:"created_date"`
	LastUsedDate        types.String `tfsdk:"last_used_date"`
	CreatedBy           types.String `tfsdk:"created_by"`
	PrivacyLevel        types.String `tfsdk:"privacy_level"`
	Exposure            types.String `tfsdk:"exposure"`

	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func privilegeType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"owner": types.StringType, "target_domain": types.StringType, "type": types.StringType, "target_id": types.StringType,
	}}
}

// facts are what Coveo says about a key, in Terraform's types: the one conversion that every kind of this package uses.
type facts struct {
	id, displayName, description               types.String
	enabled                                    types.Bool
	allowedIPs, deniedIPs, effectivePrivileges types.Set
	status, expirationDate, createdDate        types.String
	lastUsedDate, createdBy, privacyLevel      types.String
	exposure                                   types.String
	// templateID is null for a key that was made without a template, and where the answer does not tell.
	templateID   types.String
	disabledDate types.String
	// configuration is of configurationType; null where nothing of it is set.
	configuration            types.Object
	keyEditors, groupEditors types.Set
}

// factsOf converts an answer. What an answer leaves out is null.
func factsOf(key *coveo.APIKey) facts {
	f := facts{
		id: text(key.ID), displayName: text(key.DisplayName), description: text(key.Description),
		enabled:    types.BoolValue(key.IsEnabled()),
		allowedIPs: textSet(key.AllowedIPs), deniedIPs: textSet(key.DeniedIPs),
		effectivePrivileges: types.SetNull(privilegeType()),
		status:              text(key.Status),
		expirationDate:      instant(key.ExpirationDate), createdDate: instant(key.CreatedDate), lastUsedDate: instant(key.LastUsedDate),
		createdBy: text(cmp.Or(key.CreatedBy.Username, key.CreatedBy.DisplayName)), privacyLevel: text(key.PrivacyLevel),
		exposure:   types.StringNull(),
		templateID: text(key.TemplateID), disabledDate: instant(key.DisabledDate),
		configuration: configurationObject(key.Configuration()),
		keyEditors:    editorSet(key.KeyEditors()), groupEditors: editorSet(key.GroupEditors()),
	}
	if key.Privileges != nil {
		f.effectivePrivileges = privilegeSet(key.Privileges)
	}
	if report := key.ExposureReport; report != nil && *report != (coveo.ExposureReport{}) {
		f.exposure = types.StringValue(cmp.Or(report.Severity, "UNKNOWN"))
	}
	return f
}

// created fills what a plan left open from the key that was made. Nothing that was planned changes.
func (m *resourceModel) created(key *coveo.APIKey) {
	f := factsOf(key)
	m.ID = f.id
	m.observe(f)
}

// observe takes over what only Coveo decides, except the value, which only the answer that made the key holds.
func (m *resourceModel) observe(f facts) {
	if !f.effectivePrivileges.IsNull() || m.EffectivePrivileges.IsUnknown() {
		// A key without privileges would be an empty list. An answer without the list says nothing.
		m.EffectivePrivileges = f.effectivePrivileges
	}
	m.Status, m.ExpirationDate, m.Exposure = f.status, f.expirationDate, f.exposure
	m.LastUsedDate = f.lastUsedDate
	// These never change, so an answer without them does not say that they are gone.
	m.CreatedDate = stays(f.createdDate, m.CreatedDate)
	m.CreatedBy = stays(f.createdBy, m.CreatedBy)
	m.PrivacyLevel = stays(f.privacyLevel, m.PrivacyLevel)
}

// refreshed takes over what Coveo shows now. Where state and answer say the same in different words, the words of the state
// stay, since they are those of the configuration.
func (m *resourceModel) refreshed(key *coveo.APIKey) {
	f := factsOf(key)
	m.ID = stays(f.id, m.ID)
	m.DisplayName = stays(f.displayName, m.DisplayName)
	if m.Description.ValueString() != key.Description {
		m.Description = f.description
	}
	m.Enabled = f.enabled
	if !sameAddresses(texts(m.AllowedIPs), key.AllowedIPs) {
		m.AllowedIPs = f.allowedIPs
	}
	if !sameAddresses(texts(m.DeniedIPs), key.DeniedIPs) {
		m.DeniedIPs = f.deniedIPs
	}
	m.observe(f)
}

// imported fills a state that knows nothing but the ID. The privileges are spelled as duties where that is possible, since
// this is how a configuration would.
func (m *resourceModel) imported(key *coveo.APIKey) {
	m.refreshed(key)
	if m.EffectivePrivileges.IsNull() {
		return
	}
	set := privileges(m.EffectivePrivileges)
	if duties := privilege.DutiesOf(set); duties != nil {
		m.Duties = textSet(duties)
		return
	}
	m.Privileges = privilegeSet(set)
}

func (m *resourceModel) newKey(set []privilege.Privilege) coveo.NewAPIKey {
	return coveo.NewAPIKey{
		DisplayName: m.DisplayName.ValueString(), Description: m.Description.ValueString(),
		// Coveo's default is not documented, so it is always said.
		Enabled:    m.Enabled.ValueBool(),
		Privileges: set,
		AllowedIPs: texts(m.AllowedIPs), DeniedIPs: texts(m.DeniedIPs),
		Lifetime: m.Lifetime.ValueString(),
	}
}

// sameSettings tells whether two models agree in all that a PUT carries.
func (m *resourceModel) sameSettings(other *resourceModel) bool {
	return m.DisplayName.ValueString() == other.DisplayName.ValueString() &&
		m.Description.ValueString() == other.Description.ValueString() &&
		sameAddresses(texts(m.AllowedIPs), texts(other.AllowedIPs)) &&
		sameAddresses(texts(m.DeniedIPs), texts(other.DeniedIPs))
}

func (m *resourceModel) settings(update *coveo.APIKeyUpdate) {
	update.DisplayName, update.Description = m.DisplayName.ValueString(), m.Description.ValueString()
	update.AllowedIPs, update.DeniedIPs = texts(m.AllowedIPs), texts(m.DeniedIPs)
}

// sameAddresses compares two lists of addresses and ranges without regard to order, repetition and spelling.
func sameAddresses(a, b []string) bool {
	canonical := func(list []string) []string {
		out := make([]string, 0, len(list))
		for _, entry := range list {
			if prefix, err := netip.ParsePrefix(entry); err == nil {
				entry = prefix.String()
			} else if address, err := netip.ParseAddr(entry); err == nil {
				entry = netip.PrefixFrom(address, address.BitLen()).String()
			}
			out = append(out, entry)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(canonical(a), canonical(b))
}

func text(value string) types.String {
	if value == "" {
		return types.StringNull()
	}
	return types.StringValue(value)
}

func instant(at coveo.Instant) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}

func textSet(list []string) types.Set {
	if len(list) == 0 {
		return types.SetNull(types.StringType)
	}
	unique := slices.Clone(list)
	slices.Sort(unique)
	elements := make([]attr.Value, 0, len(unique))
	for _, element := range slices.Compact(unique) {
		elements = append(elements, types.StringValue(element))
	}
	return types.SetValueMust(types.StringType, elements)
}

// texts are the known elements of a set of strings.
func texts(set types.Set) []string {
	out := []string{}
	for _, element := range set.Elements() {
		if value, ok := element.(types.String); ok && !value.IsNull() && !value.IsUnknown() {
			out = append(out, value.ValueString())
		}
	}
	return out
}

func privilegeSet(set []privilege.Privilege) types.Set {
	canonical := slices.Clone(set)
	for i := range canonical {
		// An answer without a target speaks of all of them.
		canonical[i].TargetID = cmp.Or(canonical[i].TargetID, everyTarget)
	}
	elements := make([]attr.Value, 0, len(set))
	for _, p := range privilege.CanonicalSet(canonical) {
		elements = append(elements, types.ObjectValueMust(privilegeType().AttrTypes, map[string]attr.Value{
			"owner": types.StringValue(p.Owner), "target_domain": types.StringValue(p.TargetDomain),
			"type": text(p.Type), "target_id": types.StringValue(p.TargetID),
		}))
	}
	return types.SetValueMust(privilegeType(), elements)
}

// privileges are the elements of a set of privileges. What is unknown in one is empty.
func privileges(set types.Set) []privilege.Privilege {
	out := []privilege.Privilege{}
	for _, element := range set.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		field := func(name string) string {
			value, ok := object.Attributes()[name].(types.String)
			if !ok {
				return ""
			}
			return value.ValueString()
		}
		out = append(out, privilege.Privilege{
			Owner: field("owner"), TargetDomain: field("target_domain"), Type: field("type"),
			TargetID: cmp.Or(field("target_id"), everyTarget),
		})
	}
	return out
}

// stays is found, or what was known before where the answer is silent.
func stays(found, before types.String) types.String {
	if found.IsNull() && !before.IsUnknown() {
		return before
	}
	return found
}
