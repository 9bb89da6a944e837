// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// APIKey is a key as Coveo answers it. No field is promised, so all are optional.
type APIKey struct {
	ID          string      `json:"id"`
	DisplayName string      `json:"displayName"`
	Description string      `json:"description"`
	Enabled     *bool       `json:"enabled"`
	Value       string      `json:"value"`
	Privileges  []Privilege `json:"privileges"`
	AllowedIPs  []string    `json:"allowedIps"`
	DeniedIPs   []string    `json:"deniedIps"`
	TemplateID  string      `json:"apiKeyTemplateId"`

	CreatedDate    Instant `json:"createdDate"`
	LastUsedDate   Instant `json:"lastUsedDate"`
	ExpirationDate Instant `json:"expirationDate"`
	DisabledDate   Instant `json:"disabledDate"`
	ActivationDate Instant `json:"activationDate"`
	CreatedBy      Person  `json:"createdBy"`

	Status         string          `json:"status"`
	PrivacyLevel   string          `json:"privacyLevel"`
	ExposureReport *ExposureReport `json:"exposureReport"`

	// AdditionalConfiguration and the editors are kept as they came, since an update sends them back whole. See
	// [APIKey.Configuration], [APIKey.KeyEditors] and [APIKey.GroupEditors].
	AdditionalConfiguration json.RawMessage `json:"additionalConfiguration"`
	APIKeysThatCanEdit      json.RawMessage `json:"apiKeysThatCanEdit"`
	GroupsThatCanEdit       json.RawMessage `json:"groupsThatCanEdit"`
}

// The statuses of a key that change what is done about it. Coveo adds others at will.
const (
	KeyEnabled               = "ENABLED"
	KeyDisabled              = "DISABLED"
	KeyDisabledForInactivity = "DISABLED_FOR_INACTIVITY"
	KeyDisabledExposed       = "DISABLED_EXPOSED"
	KeyExpired               = "EXPIRED"
	KeySoonToBeExpired       = "SOON_TO_BE_EXPIRED"
	KeySoonToBeDisabled      = "SOON_TO_BE_DISABLED"
)

// ExposureReport says that Coveo found the key somewhere public.
type ExposureReport struct {
	Severity         string  `json:"severity"`
	DeactivationDate Instant `json:"deactivationDate"`
}

// IsEnabled reads the switch where it is present and the status where it is not.
func (k *APIKey) IsEnabled() bool {
	if k.Enabled != nil {
		return *k.Enabled
	}
	return !strings.HasPrefix(k.Status, KeyDisabled) && k.Status != KeyExpired
}

// HasFullValue tells a key's secret from its mask. Every known form of mask holds asterisks.
func (k *APIKey) HasFullValue() bool {
	return k.Value != "" && !strings.Contains(k.Value, "*")
}

// NewAPIKey is the request for a key.
type NewAPIKey struct {
	// TemplateID makes the key of a template, which brings the privileges: then none are sent. It travels in the query.
	TemplateID  string      `json:"-"`
	DisplayName string      `json:"displayName"`
	Description string      `json:"description"`
	Enabled     bool        `json:"enabled"`
	Privileges  []Privilege `json:"privileges,omitzero"`
	AllowedIPs  []string    `json:"allowedIps"`
	DeniedIPs   []string    `json:"deniedIps"`
	Lifetime    string      `json:"lifetimeDuration,omitempty"` // ISO 8601; Coveo cannot tell it back

	AdditionalConfiguration json.RawMessage `json:"additionalConfiguration,omitempty"`
	APIKeysThatCanEdit      json.RawMessage `json:"apiKeysThatCanEdit,omitempty"`
	GroupsThatCanEdit       json.RawMessage `json:"groupsThatCanEdit,omitempty"`
}

// APIKeyUpdate is all that can be changed of a key. The PUT replaces the whole object, and a field that is left out is
// probably cleared, so a caller fills the parts it does not manage from the key it read.
type APIKeyUpdate struct {
	DisplayName             string          `json:"displayName"`
	Description             string          `json:"description"`
	AllowedIPs              []string        `json:"allowedIps"`
	DeniedIPs               []string        `json:"deniedIps"`
	AdditionalConfiguration json.RawMessage `json:"additionalConfiguration,omitempty"`
	APIKeysThatCanEdit      json.RawMessage `json:"apiKeysThatCanEdit,omitempty"`
	GroupsThatCanEdit       json.RawMessage `json:"groupsThatCanEdit,omitempty"`
}

// UpdateOf is the update that changes nothing of a key.
func UpdateOf(key *APIKey) APIKeyUpdate {
	return APIKeyUpdate{
		DisplayName: key.DisplayName, Description: key.Description,
		AllowedIPs: orEmpty(key.AllowedIPs), DeniedIPs: orEmpty(key.DeniedIPs),
		AdditionalConfiguration: present(key.AdditionalConfiguration),
		APIKeysThatCanEdit:      present(key.APIKeysThatCanEdit),
		GroupsThatCanEdit:       present(key.GroupsThatCanEdit),
	}
}

func keyPrivilege(kind, target string) *Privilege {
	return &Privilege{Owner: "PLATFORM", TargetDomain: "API_KEY", Type: kind, TargetID: target}
}

const (
	keysPath = "/rest/organizations/{organization}/apikeys"
	keyPath  = keysPath + "/{apiKey}"
)

// ListAPIKeys lists every key of the organization. The list is not paginated.
func (c *Client) ListAPIKeys(ctx context.Context) ([]APIKey, error) {
	var out []APIKey
	err := c.do(ctx, operation{name: "list API keys", method: "GET", path: keysPath, needs: keyPrivilege("VIEW", "*")}, call{out: &out})
	return out, err
}

// GetAPIKey reads one key. Its value is masked.
func (c *Client) GetAPIKey(ctx context.Context, id string) (*APIKey, error) {
	var out APIKey
	if err := c.key(ctx, "read an API key", "GET", "", keyPrivilege("VIEW", "*"), id, nil, &out); err != nil {
		return nil, err
	}
	if out.ID == "" {
		out.ID = id
	}
	return &out, nil
}

// CreateAPIKey asks for a key. It is sent once: after an error for which IsOutcomeUnknown holds, Coveo may hold a key whose
// value nobody has seen. A success always has an ID and the full value.
func (c *Client) CreateAPIKey(ctx context.Context, key NewAPIKey) (*APIKey, error) {
	key.Privileges, key.AllowedIPs, key.DeniedIPs = orEmpty(key.Privileges), orEmpty(key.AllowedIPs), orEmpty(key.DeniedIPs)
	op := operation{name: "create an API key", method: "POST", path: keysPath, needs: keyPrivilege("CREATE", "*")}
	var out APIKey
	args := call{in: key, out: &out, secrets: identitiesIn(key.AdditionalConfiguration)}
	if key.TemplateID != "" {
		// Whether privileges beside a template are ignored or refused is not documented.
		key.Privileges = nil
		args.in, args.query = key, url.Values{"apiKeyTemplateId": {key.TemplateID}}
	}
	if err := c.do(ctx, op, args); err != nil {
		return nil, err
	}
	if out.ID == "" || !out.HasFullValue() {
		return &out, &Error{
			Operation: op.name, Method: op.method, Path: op.path, Status: 201, Attempts: 1, OutcomeUnknown: true,
			cause: "the answer holds no usable ID and value, and no later answer can",
		}
	}
	return &out, nil
}

// UpdateAPIKey replaces all that can be changed of a key.
func (c *Client) UpdateAPIKey(ctx context.Context, id string, update APIKeyUpdate) error {
	update.AllowedIPs, update.DeniedIPs = orEmpty(update.AllowedIPs), orEmpty(update.DeniedIPs)
	return c.key(ctx, "update an API key", "PUT", "", keyPrivilege("EDIT", id), id, update, nil,
		identitiesIn(update.AdditionalConfiguration)...)
}

// ActivateAPIKey switches a key on.
func (c *Client) ActivateAPIKey(ctx context.Context, id string) error {
	return c.key(ctx, "activate an API key", "PUT", "/activate", keyPrivilege("EDIT", id), id, nil, nil)
}

// DisableAPIKey switches a key off.
func (c *Client) DisableAPIKey(ctx context.Context, id string) error {
	return c.key(ctx, "disable an API key", "PUT", "/disable", keyPrivilege("EDIT", id), id, nil, nil)
}

// ExtendAPIKey postpones the day on which Coveo disables a key for lack of use. By how long is Coveo's choice. It moves no
// expiry.
func (c *Client) ExtendAPIKey(ctx context.Context, id string) error {
	return c.key(ctx, "extend an API key", "PUT", "/activation/extend", keyPrivilege("EDIT", id), id, nil, nil)
}

// DeleteAPIKey removes a key. One that is gone already is removed.
func (c *Client) DeleteAPIKey(ctx context.Context, id string) error {
	err := c.key(ctx, "delete an API key", "DELETE", "", keyPrivilege("EDIT", id), id, nil, nil)
	if IsNotFound(err) {
		return nil
	}
	return err
}

func (c *Client) key(ctx context.Context, name, method, suffix string, needs *Privilege, id string, in, out any, secrets ...string) error {
	if id == "" || id == "." || id == ".." {
		return fmt.Errorf("%s: %q is no API key's ID", name, id)
	}
	return c.do(ctx, operation{name: name, method: method, path: keyPath + suffix, needs: needs},
		call{segments: map[string]string{"apiKey": id}, in: in, out: out, secrets: secrets})
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
