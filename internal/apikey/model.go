// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"cmp"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
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

	TemplateID              types.String `tfsdk:"template_id"`
	AdditionalConfiguration types.Object `tfsdk:"additional_configuration"`
	APIKeysThatCanEdit      types.Set    `tfsdk:"api_keys_that_can_edit"`
	GroupsThatCanEdit       types.Set    `tfsdk:"groups_that_can_edit"`
	RenewBefore             types.String `tfsdk:"renew_before"`
	RotationTriggers        types.Map    `tfsdk:"rotation_triggers"`
	ValueRecipients         types.Set    `tfsdk:"value_recipients"`

	ID                  types.String `tfsdk:"id"`
	Value               types.String `tfsdk:"value"`
	EncryptedValue      types.String `tfsdk:"encrypted_value"`
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
		effectivePrivileges: types.SetNull(privilegeset.Type()),
		status:              text(key.Status),
		expirationDate:      instant(key.ExpirationDate), createdDate: instant(key.CreatedDate), lastUsedDate: instant(key.LastUsedDate),
		createdBy: text(cmp.Or(key.CreatedBy.Username, key.CreatedBy.DisplayName)), privacyLevel: text(key.PrivacyLevel),
		exposure:   types.StringNull(),
		templateID: text(key.TemplateID), disabledDate: instant(key.DisabledDate),
		configuration: configurationObject(key.Configuration()),
		keyEditors:    editorSet(key.KeyEditors()), groupEditors: editorSet(key.GroupEditors()),
	}
	if key.Privileges != nil {
		f.effectivePrivileges = privilegeset.Of(key.Privileges)
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
	// These are open where the configuration leaves them to Coveo.
	if m.AdditionalConfiguration.IsUnknown() {
		m.AdditionalConfiguration = f.configuration
	}
	if m.APIKeysThatCanEdit.IsUnknown() {
		m.APIKeysThatCanEdit = f.keyEditors
	}
	if m.GroupsThatCanEdit.IsUnknown() {
		m.GroupsThatCanEdit = f.groupEditors
	}
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
	if !configurationOf(m.AdditionalConfiguration).ShownAs(configurationOf(f.configuration)) {
		m.AdditionalConfiguration = f.configuration
	}
	if !sameTexts(m.APIKeysThatCanEdit, f.keyEditors) {
		m.APIKeysThatCanEdit = f.keyEditors
	}
	if !sameTexts(m.GroupsThatCanEdit, f.groupEditors) {
		m.GroupsThatCanEdit = f.groupEditors
	}
	m.observe(f)
}

// imported fills a state that knows nothing but the ID. The privileges are spelled as the template or the duties
// where that is possible, since this is how a configuration would.
func (m *resourceModel) imported(key *coveo.APIKey) {
	m.refreshed(key)
	if m.TemplateID = text(key.TemplateID); !m.TemplateID.IsNull() || m.EffectivePrivileges.IsNull() {
		return
	}
	set := privilegeset.Read(m.EffectivePrivileges)
	if duties := privilege.DutiesOf(set); duties != nil {
		m.Duties = textSet(duties)
		return
	}
	m.Privileges = privilegeset.Of(set)
}

// newKey is the request for what a plan describes.
func (m *resourceModel) newKey(set []privilege.Privilege) (coveo.NewAPIKey, error) {
	key := coveo.NewAPIKey{
		TemplateID:  m.TemplateID.ValueString(),
		DisplayName: m.DisplayName.ValueString(), Description: m.Description.ValueString(),
		// Coveo's default is not documented, so it is always said.
		Enabled:    m.Enabled.ValueBool(),
		Privileges: set,
		AllowedIPs: texts(m.AllowedIPs), DeniedIPs: texts(m.DeniedIPs),
		Lifetime: m.Lifetime.ValueString(),
	}
	var err error
	if configuration := configurationOf(m.AdditionalConfiguration); !configuration.Equal(coveo.KeyConfiguration{}) {
		if key.AdditionalConfiguration, err = configuration.Onto(nil); err != nil {
			return key, err
		}
	}
	// That nobody may edit the key is said, too: whom Coveo takes where nothing is said is not documented.
	if said(m.APIKeysThatCanEdit) {
		if key.APIKeysThatCanEdit, err = coveo.EditorsOnto(nil, texts(m.APIKeysThatCanEdit)); err != nil {
			return key, err
		}
	}
	if said(m.GroupsThatCanEdit) {
		key.GroupsThatCanEdit, err = coveo.EditorsOnto(nil, texts(m.GroupsThatCanEdit))
	}
	return key, err
}

func said(set types.Set) bool { return !set.IsNull() && !set.IsUnknown() }

// sameSettings tells whether two models agree in all that a PUT carries.
func (m *resourceModel) sameSettings(other *resourceModel) bool {
	return m.DisplayName.ValueString() == other.DisplayName.ValueString() &&
		m.Description.ValueString() == other.Description.ValueString() &&
		sameAddresses(texts(m.AllowedIPs), texts(other.AllowedIPs)) &&
		sameAddresses(texts(m.DeniedIPs), texts(other.DeniedIPs)) &&
		sameConfiguration(m.AdditionalConfiguration, other.AdditionalConfiguration) &&
		sameTexts(m.APIKeysThatCanEdit, other.APIKeysThatCanEdit) && sameTexts(m.GroupsThatCanEdit, other.GroupsThatCanEdit)
}

// settings puts a plan into the update of a key that was just read. What the plan does not change of the additional
// configuration and the editors stays as it was read: they may be managed elsewhere.
func (m *resourceModel) settings(state *resourceModel) func(*coveo.APIKeyUpdate) error {
	return func(update *coveo.APIKeyUpdate) error {
		update.DisplayName, update.Description = m.DisplayName.ValueString(), m.Description.ValueString()
		update.AllowedIPs, update.DeniedIPs = texts(m.AllowedIPs), texts(m.DeniedIPs)
		var err error
		if !sameConfiguration(m.AdditionalConfiguration, state.AdditionalConfiguration) {
			update.AdditionalConfiguration, err = configurationOf(m.AdditionalConfiguration).Onto(update.AdditionalConfiguration)
			if err != nil {
				return err
			}
		}
		if !sameTexts(m.APIKeysThatCanEdit, state.APIKeysThatCanEdit) {
			if update.APIKeysThatCanEdit, err = coveo.EditorsOnto(update.APIKeysThatCanEdit, texts(m.APIKeysThatCanEdit)); err != nil {
				return err
			}
		}
		if !sameTexts(m.GroupsThatCanEdit, state.GroupsThatCanEdit) {
			update.GroupsThatCanEdit, err = coveo.EditorsOnto(update.GroupsThatCanEdit, texts(m.GroupsThatCanEdit))
		}
		return err
	}
}
