// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package access tells who may do what: which privileges there are, which ones this token holds, and which keys and groups
// hold them. It only asks.
package access

import (
	"context"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// API is the part of Coveo's client that these questions take.
type API interface {
	ListPrivileges(ctx context.Context) ([]coveo.GlobalPrivilege, error)
	ListAPIKeyPrivileges(ctx context.Context, filter coveo.KeyPrivilegeFilter) ([]coveo.GlobalPrivilege, error)
	MyPrivileges(ctx context.Context) ([]coveo.GlobalPrivilege, error)
	EvaluatePrivilege(ctx context.Context, wanted coveo.Privilege) (coveo.Evaluation, error)
	ListAPIKeyAccess(ctx context.Context, owner, domain string) ([]coveo.Holder, error)
	ListGroupAccess(ctx context.Context, owner, domain string) ([]coveo.Holder, error)
}

// Keys lists the organization's API keys, once for all who ask.
type Keys interface {
	List(ctx context.Context) (map[string]*coveo.APIKey, error)
}

// Groups finds groups in a list that is shared by all who ask. With people it also says who is in each, for which it may take a
// request for each group.
type Groups interface {
	All(ctx context.Context, people bool, wanted func(*coveo.Group) bool) ([]*coveo.Group, error)
}

// Service answers for one provider instance.
type Service struct {
	api    API
	keys   Keys
	groups Groups
	clock  coveo.Clock
}

// NewService makes the service of one provider instance. It makes no call.
func NewService(api API, keys Keys, groups Groups, clock coveo.Clock) *Service {
	return &Service{api: api, keys: keys, groups: groups, clock: clock}
}

// Host is what the data sources take from the configured provider.
type Host interface {
	Access() *Service
}
