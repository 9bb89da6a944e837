// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilegeset"
)

var _ function.Function = dsrPrivileges{}

// NewDSRPrivilegesFunction is provider::coveo::dsr_privileges.
func NewDSRPrivilegesFunction() function.Function { return dsrPrivileges{} }

type dsrPrivileges struct{}

func (dsrPrivileges) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "dsr_privileges"
}

func (dsrPrivileges) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The privileges that duties of answering a Data Subject Request take",
		MarkdownDescription: "Returns a set of objects with `owner`, `target_domain`, `type` and `target_id`, as the argument `privileges` of `coveo_api_key` " +
			"takes them. It is what `duties` there stands for in this release of the provider, for keys that take more than duties, and for " +
			"comparing. `type` is null for domains without types, which the console shows as *Allowed*.",
		Parameters: []function.Parameter{
			function.SetParameter{
				Name: "duties", ElementType: types.StringType,
				MarkdownDescription: "Any of `overview` (count what usage analytics holds on a person), `export` (create, read and remove exports) and `erasure` " +
					"(ask for a person's data to be erased).",
			},
		},
		Return: function.SetReturn{ElementType: privilegeset.Type()},
	}
}

func (dsrPrivileges) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var duties []string
	resp.Error = req.Arguments.Get(ctx, &duties)
	if resp.Error != nil {
		return
	}
	expanded, err := privilege.Expand(duties)
	if err != nil {
		// The command line puts a full stop behind it.
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The duties cannot be used: %s. The duties are %s", err, quoted(privilege.Duties())))
		return
	}
	resp.Error = resp.Result.Set(ctx, privilegeset.Of(expanded))
}
