// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"net/url"
)

// Privilege is one right on one domain. Type is empty for domains that Coveo's console shows as "Allowed"; answers spell
// that as an absent, null or empty type, or as ENABLE. Package privilege compares them.
type Privilege struct {
	Owner        string `json:"owner"`
	TargetDomain string `json:"targetDomain"`
	Type         string `json:"type,omitempty"`
	TargetID     string `json:"targetId"`
}

// GlobalPrivilege is a privilege in a listing, which adds a level to some. The level says nothing that the type and the target
// do not.
type GlobalPrivilege struct {
	Privilege
	Level string `json:"level"`
}

// ListPrivileges lists every privilege that exists in the organization.
func (c *Client) ListPrivileges(ctx context.Context) ([]GlobalPrivilege, error) {
	return c.privileges(ctx, "list the organization's privileges", "/privileges", organizationPrivilege(), nil)
}

// KeyPrivilegeFilter chooses among the privileges that API keys may hold.
type KeyPrivilegeFilter string

// The filters that Coveo documents.
const (
	AnyKey    KeyPrivilegeFilter = "ALL"
	CustomKey KeyPrivilegeFilter = "CUSTOM" // those of a key that was made from no template
)

// ListAPIKeyPrivileges lists the privileges that an API key may hold.
func (c *Client) ListAPIKeyPrivileges(ctx context.Context, filter KeyPrivilegeFilter) ([]GlobalPrivilege, error) {
	return c.privileges(ctx, "list the privileges of API keys", "/privileges/apikeys", organizationPrivilege(), url.Values{"filter": {string(filter)}})
}

// MyPrivileges lists what this client's token may do. It takes no privilege, so it is the cheapest check of a token.
func (c *Client) MyPrivileges(ctx context.Context) ([]GlobalPrivilege, error) {
	return c.privileges(ctx, "list the token's privileges", "/privileges/me", nil, nil)
}

func (c *Client) privileges(ctx context.Context, name, suffix string, needs *Privilege, query url.Values) ([]GlobalPrivilege, error) {
	var out []GlobalPrivilege
	err := c.do(ctx, operation{
		name: name, method: "GET", path: "/rest/organizations/{organization}" + suffix, needs: needs,
	}, call{query: query, out: &out})
	return out, err
}

func organizationPrivilege() *Privilege {
	return &Privilege{Owner: "PLATFORM", TargetDomain: "ORGANIZATION", Type: "VIEW", TargetID: "*"}
}
