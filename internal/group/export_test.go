// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package group

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// NewResourceExpanding is coveo_group of a release that expands duties otherwise.
func NewResourceExpanding(expand func([]string) ([]privilege.Privilege, error)) resource.Resource {
	return &expandingResource{expand: expand}
}

type expandingResource struct {
	groupResource
	expand func([]string) ([]privilege.Privilege, error)
}

func (r *expandingResource) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.groupResource.Configure(ctx, req, resp)
	if r.service != nil {
		r.service = NewService(r.service.api, r.service.clock)
		r.service.expand = r.expand
	}
}
