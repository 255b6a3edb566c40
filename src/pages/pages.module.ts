import { Module } from '@nestjs/common';
import { AssetsController } from './assets.controller.js';

/** The shared floor of all pages: their files. Layout and components are plain functions. */
@Module({ controllers: [AssetsController] })
export class PagesModule {}
