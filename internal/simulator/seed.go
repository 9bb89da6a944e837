// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"fmt"
	"slices"
	"time"
)

// KeySpec describes a key that somebody makes outside of Terraform.
type KeySpec struct {
	DisplayName             string
	Description             string
	Privileges              []Privilege
	AllowedIPs              []string
	DeniedIPs               []string
	AdditionalConfiguration map[string]any
	// TemplateID is the template that the key was made of. Its privileges are those given here all the same.
	TemplateID string
	// APIKeysThatCanEdit and GroupsThatCanEdit are IDs.
	APIKeysThatCanEdit, GroupsThatCanEdit []string
	// Lifetime is an ISO 8601 duration; empty never expires.
	Lifetime string
	Disabled bool
}

// KeyView is a key as the organization knows it, with what no answer shows.
type KeyView struct {
	ID                      string         `json:"id"`
	DisplayName             string         `json:"displayName"`
	Description             string         `json:"description"`
	Value                   string         `json:"value"`
	Enabled                 bool           `json:"enabled"`
	Status                  string         `json:"status"`
	Privileges              []Privilege    `json:"privileges"`
	TemplateID              string         `json:"apiKeyTemplateId,omitempty"`
	AllowedIPs              []string       `json:"allowedIps"`
	DeniedIPs               []string       `json:"deniedIps"`
	AdditionalConfiguration map[string]any `json:"additionalConfiguration,omitempty"`
	APIKeysThatCanEdit      []string       `json:"apiKeysThatCanEdit,omitempty"`
	GroupsThatCanEdit       []string       `json:"groupsThatCanEdit,omitempty"`
	CreatedBy               string         `json:"createdBy"`
	// The dates are zero while unset.
	CreatedDate    time.Time `json:"createdDate,omitzero"`
	LastUsedDate   time.Time `json:"lastUsedDate,omitzero"`
	ExpirationDate time.Time `json:"expirationDate,omitzero"`
	DisabledDate   time.Time `json:"disabledDate,omitzero"`
	ActivationDate time.Time `json:"activationDate,omitzero"`
}

func (k *apiKey) view(now time.Time) KeyView {
	view := KeyView{
		ID:                      k.id,
		DisplayName:             value(k.settings.DisplayName),
		Description:             value(k.settings.Description),
		Value:                   k.value,
		Enabled:                 k.enabled,
		Status:                  k.status(now),
		Privileges:              slices.Clone(k.privileges),
		TemplateID:              k.templateID,
		AllowedIPs:              slices.Clone(k.allowedIPs),
		DeniedIPs:               slices.Clone(k.deniedIPs),
		AdditionalConfiguration: k.settings.AdditionalConfiguration,
		CreatedBy:               k.createdBy,
		CreatedDate:             k.created,
		LastUsedDate:            k.lastUsed,
		ExpirationDate:          k.expires,
		DisabledDate:            k.disabled,
		ActivationDate:          k.activated,
	}
	for _, r := range value(k.settings.APIKeysThatCanEdit) {
		view.APIKeysThatCanEdit = append(view.APIKeysThatCanEdit, r.ID)
	}
	for _, r := range value(k.settings.GroupsThatCanEdit) {
		view.GroupsThatCanEdit = append(view.GroupsThatCanEdit, r.ID)
	}
	return view
}

// Keys are the organization's API keys in the order of their creation, without any lag.
func (o *Organization) Keys() []KeyView {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	o.disableUnused(now)
	views := make([]KeyView, 0, len(o.keys.ordered))
	for _, k := range o.keys.ordered {
		views = append(views, k.view(now))
	}
	return views
}

// Key returns one API key.
func (o *Organization) Key(id string) (KeyView, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	k := o.keys.byID[id]
	if k == nil {
		return KeyView{}, false
	}
	return k.view(o.now()), true
}

// AddKey makes a key as a person in the console would. It may hold privileges that no key can be granted by a call.
func (o *Organization) AddKey(spec KeySpec) KeyView {
	o.mu.Lock()
	defer o.mu.Unlock()
	k := o.newKey(keySettings{
		DisplayName:             &spec.DisplayName,
		Description:             &spec.Description,
		AllowedIPs:              &spec.AllowedIPs,
		DeniedIPs:               &spec.DeniedIPs,
		AdditionalConfiguration: spec.AdditionalConfiguration,
		APIKeysThatCanEdit:      referencesTo(spec.APIKeysThatCanEdit),
		GroupsThatCanEdit:       referencesTo(spec.GroupsThatCanEdit),
	}, spec.Privileges)
	k.lag, k.templateID = 0, spec.TemplateID
	if spec.Lifetime != "" {
		after, valid := parsePeriod(spec.Lifetime)
		if !valid {
			panic(fmt.Sprintf("simulator: %q is no ISO 8601 duration", spec.Lifetime))
		}
		k.expires = after(k.created)
	}
	if spec.Disabled {
		k.disable(k.created)
	}
	o.keys.add(k)
	return k.view(k.created)
}

func referencesTo(ids []string) *[]reference {
	references := make([]reference, 0, len(ids))
	for _, id := range ids {
		references = append(references, reference{ID: id, DisplayName: "Editor " + id})
	}
	return &references
}

// change edits a key behind the API's back. A test that names a key which does not exist is wrong, so it panics.
func (o *Organization) change(id string, edit func(k *apiKey, now time.Time)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	k := o.keys.byID[id]
	if k == nil {
		panic(fmt.Sprintf("simulator: no API key %q", id))
	}
	edit(k, o.now())
}

// DisableKey disables a key as a person would.
func (o *Organization) DisableKey(id string) {
	o.change(id, func(k *apiKey, now time.Time) { k.disable(now) })
}

// DisableKeyForInactivity disables a key as the platform does when nobody used it for long.
func (o *Organization) DisableKeyForInactivity(id string) {
	o.change(id, func(k *apiKey, now time.Time) {
		k.disable(now)
		k.inactive = true
	})
}

// WarnKeyOfInactivity says that a key will be disabled soon, until its activation is extended.
func (o *Organization) WarnKeyOfInactivity(id string) {
	o.change(id, func(k *apiKey, _ time.Time) { k.soonDisabled = true })
}

// ExposeKey reports a key as leaked, whereupon the platform disables it for good.
func (o *Organization) ExposeKey(id string) {
	o.change(id, func(k *apiKey, now time.Time) {
		k.disable(now)
		k.exposed, k.severity = now, "CRITICAL"
	})
}

// ReportKey reports a key as leaked without disabling it, as the platform does where it takes the leak for less grave.
func (o *Organization) ReportKey(id, severity string) {
	o.change(id, func(k *apiKey, now time.Time) { k.exposed, k.severity = now, severity })
}

// ActivateKey activates a key as a person would.
func (o *Organization) ActivateKey(id string) {
	o.change(id, func(k *apiKey, now time.Time) {
		if problem := k.activate(now); problem != nil {
			panic("simulator: " + problem.message)
		}
	})
}

// RemoveKey deletes a key.
func (o *Organization) RemoveKey(id string) {
	o.change(id, func(k *apiKey, _ time.Time) { o.keys.remove(k.id) })
}

// RenameKey gives a key another display name.
func (o *Organization) RenameKey(id, name string) {
	o.change(id, func(k *apiKey, _ time.Time) { k.settings.DisplayName = &name })
}

// SetKeyIPs replaces the IP lists of a key.
func (o *Organization) SetKeyIPs(id string, allowed, denied []string) {
	o.change(id, func(k *apiKey, _ time.Time) {
		k.apply(keySettings{AllowedIPs: &allowed, DeniedIPs: &denied}, true)
	})
}

// SetKeyConfiguration replaces the additional configuration of a key.
func (o *Organization) SetKeyConfiguration(id string, configuration map[string]any) {
	o.change(id, func(k *apiKey, _ time.Time) { k.settings.AdditionalConfiguration = configuration })
}

// SetKeyEditors replaces who may edit a key.
func (o *Organization) SetKeyEditors(id string, keys, groups []string) {
	o.change(id, func(k *apiKey, _ time.Time) {
		k.settings.APIKeysThatCanEdit, k.settings.GroupsThatCanEdit = referencesTo(keys), referencesTo(groups)
	})
}

// SetKeyPrivileges replaces the privileges of a key, which no call can do.
func (o *Organization) SetKeyPrivileges(id string, privileges ...Privilege) {
	o.change(id, func(k *apiKey, _ time.Time) { k.privileges = normalizeAll(privileges) })
}
