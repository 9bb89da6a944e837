// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// NewResourceExpanding is coveo_api_key of a release that expands duties otherwise.
func NewResourceExpanding(expand func([]string) ([]privilege.Privilege, error)) resource.Resource {
	return &expandingResource{expand: expand}
}

type expandingResource struct {
	keyResource
	expand func([]string) ([]privilege.Privilege, error)
}

func (r *expandingResource) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.keyResource.Configure(ctx, req, resp)
	if r.service != nil {
		service := NewService(r.service.api, r.service.clock)
		service.expand = r.expand
		r.service = service
	}
}

// NewResourceSealing is coveo_api_key with another way to encrypt values.
func NewResourceSealing(seal func(value string, recipients []string) (string, error)) resource.Resource {
	return &sealingResource{seal: seal}
}

type sealingResource struct {
	keyResource
	seal func(value string, recipients []string) (string, error)
}

func (r *sealingResource) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.keyResource.Configure(ctx, req, resp)
	if r.service != nil {
		service := NewService(r.service.api, r.service.clock)
		service.seal = r.seal
		r.service = service
	}
}
