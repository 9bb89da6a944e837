// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"net/url"
)

// Holder is somebody who may do something on a domain, as Coveo's listing of access names it. Every field may be empty.
type Holder struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	// AccessLevel sums the holder's privileges on the domain up, in words of an open set. What a privilege without levels
	// counts as is not documented.
	AccessLevel string  `json:"accessLevel"`
	CreatedDate Instant `json:"createdDate"`
}

// The levels of access that Coveo documents.
const (
	AccessEditAll = "EDIT_ALL"
	AccessCustom  = "CUSTOM"
	AccessViewAll = "VIEW_ALL"
	AccessNone    = "NONE"
)

// ListAPIKeyAccess lists the API keys that have any access to a domain.
func (c *Client) ListAPIKeyAccess(ctx context.Context, owner, domain string) ([]Holder, error) {
	return c.access(ctx, "list the API keys with access to "+owner+"/"+domain, "/apikeys", keyPrivilege("VIEW", "*"), owner, domain)
}

// ListGroupAccess lists the groups that have any access to a domain. Coveo wants the right to view the domain, too.
func (c *Client) ListGroupAccess(ctx context.Context, owner, domain string) ([]Holder, error) {
	return c.access(ctx, "list the groups with access to "+owner+"/"+domain, "/groups", groupPrivilege("VIEW", "*"), owner, domain)
}

func (c *Client) access(ctx context.Context, name, suffix string, needs *Privilege, owner, domain string) ([]Holder, error) {
	var out []Holder
	err := c.do(ctx, operation{name: name, method: "GET", path: "/rest/organizations/{organization}/access" + suffix, needs: needs}, call{
		query: url.Values{
			"privilegeOwner": {owner}, "privilegeTargetDomain": {domain},
			// All levels at once: which of them a privilege without levels shows is open.
			"accessLevel": {AccessEditAll, AccessCustom, AccessViewAll},
		},
		out: &out,
	})
	return out, err
}
