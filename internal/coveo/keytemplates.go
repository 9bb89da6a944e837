// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"fmt"
)

// APIKeyTemplate is a kind of key whose privileges Coveo has chosen. No field is promised.
type APIKeyTemplate struct {
	ID          string      `json:"id"`
	DisplayName string      `json:"displayName"`
	Description string      `json:"description"`
	Enabled     *bool       `json:"enabled"`
	Privileges  []Privilege `json:"privileges"`
	AllowedIPs  []string    `json:"allowedIps"`
	DeniedIPs   []string    `json:"deniedIps"`
	// PrivacyLevel is PUBLIC for keys that may stand in a web page.
	PrivacyLevel   string `json:"privacyLevel"`
	CreationType   string `json:"creationType"`
	CreationSource string `json:"creationSource"`
	// LongestLifetime is the ISO 8601 duration that a key of the template lives at most; empty where a default of Coveo's
	// applies.
	LongestLifetime string `json:"enforcedLifetimePeriod"`
}

// TemplateEligibility says whether this client's token may make a key of a template.
type TemplateEligibility struct {
	ID string `json:"id"`
	// CanGenerate is nil where the answer leaves it open.
	CanGenerate       *bool       `json:"canGenerate"`
	MissingPrivileges []Privilege `json:"missingPrivileges"`
}

const templatesPath = "/rest/organizations/{organization}/templates/apikeys"

// ListAPIKeyTemplates lists every template of the organization.
func (c *Client) ListAPIKeyTemplates(ctx context.Context) ([]APIKeyTemplate, error) {
	var out []APIKeyTemplate
	err := c.do(ctx, operation{
		name: "list API key templates", method: "GET", path: templatesPath, needs: keyPrivilege("CREATE", "*"),
	}, call{out: &out})
	return out, err
}

// GetAPIKeyTemplate reads one template.
func (c *Client) GetAPIKeyTemplate(ctx context.Context, id string) (*APIKeyTemplate, error) {
	const name = "read an API key template"
	if id == "" || id == "." || id == ".." {
		return nil, fmt.Errorf("%s: %q is no template's ID", name, id)
	}
	var out APIKeyTemplate
	err := c.do(ctx, operation{
		name: name, method: "GET", path: templatesPath + "/{template}", needs: keyPrivilege("CREATE", "*"),
	}, call{segments: map[string]string{"template": id}, out: &out})
	if err != nil {
		return nil, err
	}
	if out.ID == "" {
		out.ID = id
	}
	return &out, nil
}

// APIKeyTemplateEligibility lists which templates this client's token may make keys of, and what it lacks for the others.
func (c *Client) APIKeyTemplateEligibility(ctx context.Context) ([]TemplateEligibility, error) {
	var out []TemplateEligibility
	err := c.do(ctx, operation{
		name: "list the API key templates that the token may use", method: "GET", path: templatesPath + "/privileges/eligibility",
		needs: keyPrivilege("CREATE", "*"),
	}, call{out: &out})
	return out, err
}
