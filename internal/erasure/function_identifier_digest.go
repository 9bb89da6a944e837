// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

var _ function.Function = identifierDigest{}

// NewIdentifierDigestFunction is provider::coveo::identifier_digest.
func NewIdentifierDigestFunction() function.Function { return identifierDigest{} }

type identifierDigest struct{}

func (identifierDigest) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "identifier_digest"
}

func (identifierDigest) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The digest that stands for an identifier",
		MarkdownDescription: "Computes what `identifier_digests` and `legal_holds` hold for an identifier. Call it with values from ephemeral variables only, or in " +
			"`terraform console`, whose history then holds the identifier: what is written into a configuration is in its repository, and every plan file " +
			"carries it.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "organization_id", MarkdownDescription: "The organization's ID: digests of one do not match those of another."},
			function.StringParameter{Name: "key_id", MarkdownDescription: "The digest key's ID."},
			function.StringParameter{Name: "key", MarkdownDescription: "The digest key, at least 32 bytes."},
			function.StringParameter{Name: "identifier", MarkdownDescription: "The identifier, byte for byte as Coveo knows it."},
		},
		Return: function.StringReturn{},
	}
}

func (identifierDigest) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var organization, keyID, key, identifier string
	resp.Error = req.Arguments.Get(ctx, &organization, &keyID, &key, &identifier)
	if resp.Error != nil {
		return
	}
	if organization == "" {
		resp.Error = function.NewArgumentFuncError(0, "The organization's ID is empty.")
		return
	}
	ring, err := subject.NewKeyring(organization, map[string]string{keyID: key}, keyID)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(2, "The digest key cannot be used: "+err.Error()+".")
		return
	}
	if err := coveo.CheckUserID(identifier); err != nil {
		resp.Error = function.NewArgumentFuncError(3, "The identifier cannot be used: "+err.Error()+".")
		return
	}
	resp.Error = resp.Result.Set(ctx, ring.Digest(keyID, identifier))
}
